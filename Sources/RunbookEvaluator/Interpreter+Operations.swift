import RunbookDiagnostics
import RunbookSyntax
import TailerAPI

extension Interpreter {
  /// Makes the operation that a literal names, and checks what only running can know.
  func operation(_ literal: OperationLiteral, at place: SourceRange) async throws(Unwind) -> DataOperation {
    var account = context.account
    if let expression = literal.account {
      account = try checkedAccount(try await text(expression), at: expression.range)
    }
    var environment = context.environment
    if let reference = literal.environment { environment = try await environmentName(reference) }
    switch literal.designation {
    case .job(let expression):
      let id = try await text(expression)
      guard let operation = DataOperation(jobID: id, defaultAccount: account, defaultEnvironment: environment) else {
        throw fail(.unknownJobID(id), at: expression.range)
      }
      _ = try checkedAccount(operation.account, at: expression.range)
      _ = try checkedEnvironment(operation.environment, at: expression.range)
      for (written, carried) in [
        (literal.account == nil ? nil : account, operation.account),
        (literal.environment == nil ? nil : environment, operation.environment),
      ] {
        guard let written, written != carried else { continue }
        throw fail(.otherEnvironment(operation, carried: carried, stated: written), at: expression.range)
      }
      return try checkedSuffix(operation, at: expression.range)
    case .typed(let word, let expression, let verbatim):
      guard let type = ConfigurationType(serviceName: word.text) else {
        throw fail(.typeMismatch(wanted: "configuration type", found: word.text), at: word.range)
      }
      let id = try checkedID(try await text(expression), at: expression.range)
      guard let account else { throw fail(.missingDefault(what: "account"), at: place) }
      guard let environment else { throw fail(.missingDefault(what: "environment"), at: place) }
      return try checkedSuffix(
        .named(id, type: type, environment: environment, account: account, verbatim: verbatim), at: expression.range)
    }
  }

  /// Throws where the id carries another environment than is stated.
  private func checkedSuffix(_ operation: DataOperation, at place: SourceRange) throws(Unwind) -> DataOperation {
    guard let carried = operation.carriedEnvironment(among: state.policy.environments) else { return operation }
    throw fail(.otherEnvironment(operation, carried: carried, stated: operation.environment), at: place)
  }

  func operation(_ expression: Expression) async throws(Unwind) -> DataOperation {
    let value = try await evaluate(expression)
    guard case .operation(let operation) = value else {
      throw fail(.typeMismatch(wanted: "data operation", found: value.typeName), at: expression.range)
    }
    return operation
  }

  /// The operations of a verb's operand, one or a list.
  func operations(in value: Value, at place: SourceRange) throws(Unwind) -> [DataOperation] {
    var operations: [DataOperation] = []
    for element in value.elements {
      guard case .operation(let operation) = element else {
        throw fail(.typeMismatch(wanted: "data operation", found: element.typeName), at: place)
      }
      operations.append(operation)
    }
    return operations
  }

  /// Throws where an operation was disabled or archived by this execution, as this branch sees it.
  func requireActive(_ operation: DataOperation, at place: SourceRange) throws(Unwind) {
    let activation = state.activations.activation(of: operation, seenBy: context.branch)
    if activation != .enabled { throw fail(.operationIsStopped(operation, activation), at: place) }
  }

  /// The runs of a verb's operand, one or a list.
  func runs(in value: Value, at place: SourceRange) throws(Unwind) -> [RunReference] {
    var runs: [RunReference] = []
    for element in value.elements {
      guard case .run(let run) = element else {
        throw fail(.typeMismatch(wanted: "run", found: element.typeName), at: place)
      }
      guard run.operation.type.hasRuns else {
        throw fail(.workflowHasNoRuns(run.operation), at: place)
      }
      runs.append(run)
    }
    return runs
  }

  func environmentName(_ reference: EnvironmentReference) async throws(Unwind) -> String {
    switch reference {
    case .word(let name): try checkedEnvironment(name.text, at: name.range)
    case .text(let expression): try checkedEnvironment(try await text(expression), at: expression.range)
    }
  }

  private func checkedEnvironment(_ name: String, at place: SourceRange) throws(Unwind) -> String {
    guard state.policy.environments.contains(name) else {
      throw fail(.unknownEnvironment(name, known: state.policy.environments.sorted()), at: place)
    }
    return name
  }

  func checkedAccount(_ text: String, at place: SourceRange) throws(Unwind) -> String {
    guard text.utf8.count == 6, text.utf8.allSatisfy({ (48...57).contains($0) }) else {
      throw fail(.invalidAccount(text), at: place)
    }
    return text
  }

  /// An id goes into requests, file names of reports and terminals: nothing but printable text of a sane length.
  func checkedID(_ id: String, at place: SourceRange) throws(Unwind) -> String {
    guard id.isID else { throw fail(.invalidID(id), at: place) }
    return id
  }
}

extension Value {
  fileprivate var elements: [Value] { if case .list(let values) = self { values } else { [self] } }
}
