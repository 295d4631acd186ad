import RunbookDiagnostics
import RunbookSyntax
import TailerAPI

/// The account and the environment in force for operations that name none.
struct Settings: Hashable {
  var account: Value = .missing
  var environment: Value = .missing

  enum Value: Hashable {
    case missing
    case known(String, said: SourceRange?)
    /// Said, in a text that only running can know.
    case computed(said: SourceRange)

    var text: String? {
      if case .known(let text, _) = self { text } else { nil }
    }

    var isMissing: Bool { self == .missing }

    var place: SourceRange? {
      switch self {
      case .missing: nil
      case .known(_, let range): range
      case .computed(let range): range
      }
    }
  }
}

extension Checker {
  mutating func enterScope(_ scope: CheckedScope) {
    if let account = context.account ?? scope.account { settings.account = .known(account, said: nil) }
    if let environment = context.environment ?? scope.environment {
      settings.environment = .known(environment, said: nil)
    }
    for (name, entry) in scope.names.sorted(by: { $0.key < $1.key }) {
      var fact = Fact(entry.type)
      if let operation = entry.operation {
        fact.detail = .operations([identity(of: operation)])
      }
      globals[name] = add(
        Variable(range: nil, isVariable: entry.isVariable, fact: fact, parallelDepth: 0, order: 0))
    }
    for (name, procedure) in scope.procedures {
      procedures[name] = ProcedureRecord(procedure, order: .max, isFromThisText: false)
    }
    if scope.runIsSet { state.run = .set(Fact(.run), at: nil) }
    if scope.statusIsSet { state.status = .set([], at: nil) }
    for operation in scope.stopped {
      state.stopped[identity(of: operation)] = Stop(verb: .disable, range: program.wholeRange.start)
    }
  }

  func leaveScope() -> CheckedScope {
    var scope = CheckedScope(
      procedures: procedures.mapValues(\.procedure), account: settings.account.text,
      environment: settings.environment.text, runIsSet: state.run.isSet, statusIsSet: state.status.isSet,
      stopped: Set(state.stopped.keys.compactMap { operations[$0] }))
    for (name, id) in globals {
      let variable = variables[id.number]
      // What flow found out about a `let` stays true; a `var` can change in the next entry.
      let fact = variable.isVariable ? variable.fact : fact(of: id)
      let known = fact.operations
      scope.names[name] = .init(
        type: fact.type, isVariable: variable.isVariable,
        operation: known.count == 1 ? known.first.flatMap { operations[$0] } : nil)
    }
    return scope
  }

  // MARK: Statements

  mutating func checkAccount(_ expression: Expression, at range: SourceRange) {
    let fact = expect(expression, .text, "an account")
    let given = fact.constantText
    if let given, !isWellFormedAccount(given, at: expression.range) {
      // Said, if wrongly: operations need not complain as well.
      if settings.account.isMissing { settings.account = .computed(said: range) }
      return
    }
    settings.account = said(
      .account, given, at: range, place: expression.range, before: settings.account, given: context.account)
  }

  mutating func checkEnvironment(_ reference: EnvironmentReference, at range: SourceRange) {
    guard let name = checkedEnvironment(reference) else {
      if settings.environment.isMissing { settings.environment = .computed(said: range) }
      return
    }
    settings.environment = said(
      .environment, name.text, at: range, place: reference.range, before: settings.environment,
      given: context.environment)
  }

  /// What is in force after a statement that says `text`.
  private mutating func said(
    _ setting: Setting, _ text: String?, at range: SourceRange, place: SourceRange, before: Settings.Value,
    given: String?
  ) -> Settings.Value {
    if let given {
      if let text, text != given { report(ServiceProblem.disagrees(setting, written: text, given: given, at: place)) }
      return before
    }
    // Files that include each other may say the same; one file says it once.
    if let earlier = before.place, earlier.source == range.source || text == nil || text != before.text {
      report(ServiceProblem.writtenTwice(setting, at: range, earlier: earlier))
      return before
    }
    guard let text else { return .computed(said: range) }
    return .known(text, said: range)
  }

  mutating func isWellFormedAccount(_ text: String, at range: SourceRange) -> Bool {
    if text.utf8.count == 6, text.utf8.allSatisfy({ (48...57).contains($0) }) { return true }
    report(ServiceProblem.malformedAccount(text.printable, at: range))
    return false
  }

  /// The environment that is named, or `nil` after an error.
  mutating func checkedEnvironment(_ reference: EnvironmentReference) -> SettingText? {
    let name: String
    switch reference {
    case .word(let word): name = word.text
    case .text(let expression):
      let fact = expect(expression, .text, "an environment")
      guard let text = fact.constantText else { return fact.type.isUnknown ? nil : .computed }
      name = text
    }
    guard context.environments.contains(name) else {
      let known = context.environments.sorted()
      report(
        ServiceProblem.unknownEnvironment(
          name.printable, at: reference.range, known: known, suggestion: suggestion(for: name, among: known)))
      return nil
    }
    return .spelledOut(name)
  }
}

/// An account or environment as far as the text says it.
enum SettingText {
  case spelledOut(String)
  /// Only running can know it.
  case computed

  var text: String? {
    if case .spelledOut(let text) = self { text } else { nil }
  }
}

extension Program {
  var wholeRange: SourceRange { SourceRange(source.id, 0, source.bytes.count) }
}
