import RunbookDiagnostics
import RunbookSyntax
import TailerAPI

extension Checker {
  // MARK: Literals

  mutating func inferOperation(_ literal: OperationLiteral, at range: SourceRange) -> Fact {
    let environment = literal.environment.map { checkedEnvironment($0) ?? .computed }
    let account = literal.account.map { checkedAccount($0) }
    switch literal.designation {
    case .typed(let word, let id, let isVerbatim):
      let name = checkedID(id)
      guard let type = ConfigurationType(serviceName: word.text) else {
        return Fact(.operation(nil), .operations([symbol()]))
      }
      let account = account ?? inForce(.account, settings.account, for: range)
      let environment = environment ?? inForce(.environment, settings.environment, for: range)
      guard let name, let account = account.text, let environment = environment.text else {
        return Fact(.operation(type), .operations([symbol()]))
      }
      return fact(
        of: .named(name, type: type, environment: environment, account: account, verbatim: isVerbatim), at: id.range)
    case .job(let id):
      return inferJob(id, account: account, environment: environment, at: range)
    }
  }

  mutating func identity(of operation: DataOperation) -> OperationID {
    if let known = operations.id(of: operation) { return known }
    let id = symbol()
    operations.add(operation, id)
    return id
  }

  private mutating func fact(of operation: DataOperation, at range: SourceRange) -> Fact {
    if let carried = operation.carriedEnvironment(among: context.environments) {
      report(ServiceProblem.otherEnvironment(operation, carried: carried, at: range))
    }
    return Fact(.operation(operation.type), .operations([identity(of: operation)]))
  }

  private mutating func inferJob(
    _ expression: Expression, account: SettingText?, environment: SettingText?, at range: SourceRange
  ) -> Fact {
    let unknown = Fact(.operation(nil), .operations([symbol()]))
    guard let id = expect(expression, .text, "a job id").constantText else { return unknown }
    guard let shape = DataOperation(jobID: id, defaultAccount: "000000", defaultEnvironment: "DEV") else {
      report(ServiceProblem.unknownJobID(id, at: expression.range))
      return unknown
    }
    let isTable = shape.type == .tableToTable || shape.type == .tableToStorage
    let account = account ?? (isTable ? inForce(.account, settings.account, for: range) : nil)
    let environment = environment ?? (isTable ? inForce(.environment, settings.environment, for: range) : nil)
    let operation = DataOperation(
      jobID: id, defaultAccount: isTable ? account?.text : "000000",
      defaultEnvironment: isTable ? environment?.text : "DEV")
    guard let operation, !isTable || environment?.text != nil else {
      return Fact(.operation(shape.type), .operations([symbol()]))
    }
    guard isWellFormedAccount(operation.account, at: expression.range) else { return Fact(.operation(operation.type)) }
    if !context.environments.contains(operation.environment) {
      let known = context.environments.sorted()
      report(
        ServiceProblem.unknownEnvironment(
          operation.environment.printable, at: expression.range, known: known, suggestion: nil))
      return Fact(.operation(operation.type))
    }
    if let written = account?.text, written != operation.account {
      report(ServiceProblem.jobDisagrees(.account, written: written, inJob: operation.account, at: expression.range))
    }
    if let written = environment?.text, written != operation.environment {
      report(
        ServiceProblem.jobDisagrees(.environment, written: written, inJob: operation.environment, at: expression.range))
    }
    return fact(of: operation, at: expression.range)
  }

  mutating func inferRunLiteral(_ id: Expression, _ operand: Expression) -> Fact {
    _ = checkedID(id)
    let operation = expect(operand, .operation(nil), "what a run is `of`")
    requireRuns(operation, at: operand)
    return Fact(.run, .run(token(), of: operation.operations))
  }

  // MARK: Parts

  mutating func checkedAccount(_ expression: Expression) -> SettingText {
    guard let text = expect(expression, .text, "an account").constantText,
      isWellFormedAccount(text, at: expression.range)
    else { return .computed }
    return .spelledOut(text)
  }

  /// The id, where the text spells it out.
  private mutating func checkedID(_ expression: Expression) -> String? {
    guard let text = expect(expression, .text, "an id").constantText else { return nil }
    guard text.isID else {
      report(ServiceProblem.malformedID(at: expression.range))
      return nil
    }
    return text
  }

  /// The setting for an operation that does not say it itself.
  mutating func inForce(_ setting: Setting, _ value: Settings.Value, for range: SourceRange) -> SettingText {
    switch value {
    case .known(let text, _): return .spelledOut(text)
    case .computed: return .computed
    case .missing:
      // One is enough: all the others have the same remedy.
      if missingSettings.insert(setting).inserted {
        report(ServiceProblem.missing(setting, at: range, later: laterStatement(of: setting)))
      }
      return .computed
    }
  }

  private func laterStatement(of setting: Setting) -> SourceRange? {
    items.first { item in
      guard item.order > order else { return false }
      switch item.statement.kind {
      case .account: return setting == .account
      case .environment: return setting == .environment
      default: return false
      }
    }?.statement.range
  }

  // MARK: Operands of verbs

  /// A verb's operand, one or a list, and its parts with their places as far as they are written out.
  struct Operand {
    var fact: Fact
    var isList: Bool
    var parts: [(fact: Fact, range: SourceRange)]
  }

  mutating func operand(_ expression: Expression, _ wanted: ValueType, of verb: String) -> Operand {
    let fact = infer(expression)
    if case .list(let element) = fact.type {
      let bare = expression.bare
      if case .list(let elements) = bare.kind, case .elements(let facts) = fact.detail, elements.count == facts.count {
        var parts: [(Fact, SourceRange)] = []
        for (fact, element) in zip(facts, elements)
        where demand(fact, wanted, "what `\(verb)` takes", at: element) {
          parts.append((fact, element.range))
        }
        return Operand(fact: fact, isList: true, parts: parts)
      }
      let each = elementFact(of: fact)
      let one = Fact(element, each.detail)
      if element.mayBeNone, element != .unknown {
        report(TypeProblem.maybeNone(element, at: expression.range, source: nil))
        return Operand(fact: fact, isList: true, parts: [])
      }
      if element != .unknown, !wanted.accepts(element) {
        _ = demand(fact, .list(wanted), "what `\(verb)` takes", at: expression)
        return Operand(fact: fact, isList: true, parts: [])
      }
      if case .elements(let facts) = fact.detail {
        return Operand(fact: fact, isList: true, parts: facts.map { ($0, expression.range) })
      }
      return Operand(fact: fact, isList: true, parts: [(one, expression.range)])
    }
    let isFit = demand(fact, wanted, "what `\(verb)` takes", at: expression)
    return Operand(
      fact: fact, isList: false, parts: isFit || fact.type.isUnknown ? [(fact, expression.range)] : [])
  }

  /// The types that an operation may be of, as far as that is known.
  func types(of fact: Fact) -> [ConfigurationType] {
    if case .operation(let type?) = fact.type { return [type] }
    return fact.operations.compactMap { operations[$0]?.type }
  }

  mutating func requireRuns(_ fact: Fact, at expression: Expression) { requireRuns(fact, at: expression.range) }

  mutating func requireRuns(_ fact: Fact, at range: SourceRange) {
    if types(of: fact).contains(where: { !$0.hasRuns }) { report(ServiceProblem.workflowHasNoRuns(at: range)) }
  }
}
