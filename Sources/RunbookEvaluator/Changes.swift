import RunbookDiagnostics
import RunbookRecord
public import RunbookSyntax
public import TailerAPI

/// What a verb changes in one run or operation: what is written down before it, what is sent, and what is told of it.
public struct Change: Sendable {
  public let verb: ChangingVerb
  public let operation: DataOperation
  /// The run that is changed, as it was seen before; `nil` where it is the operation itself.
  public var run: Run?
  /// What the run is set to.
  public var status: RunStatus?
  let intent: EffectIntent
  let request: ServiceChange
  var reference: RunReference?
}

extension Interpreter {
  /// Carries out a changing verb that gives nothing, on each run or operation of its operand.
  func change(
    _ verb: ChangingVerb, _ operand: Expression, _ clause: Expression?, at place: SourceRange
  ) async throws(Unwind) {
    switch verb {
    case .launch: _ = try await launch(operand, on: clause, at: place)
    case .mark:
      let value = try await evaluate(operand)
      let status = try await settable(clause, at: place)
      let changes = try runs(in: value, at: operand.range).map { reference in
        let run = seen(reference)
        return Change(
          verb: verb, operation: run.operation, run: run, status: status,
          intent: .mark(runID: run.id, operation: run.operation, status: status),
          request: .mark(run.reference, as: status), reference: reference)
      }
      try await carryOut(verb, changes, marking: status, at: place)
    case .reset:
      let operations = try operations(in: try await evaluate(operand), at: operand.range)
      for operation in operations where operation.type != .workflow {
        throw fail(.notWorkflow(operation), at: operand.range)
      }
      let changes = operations.map { Change(verb: verb, operation: $0, intent: .reset($0), request: .reset($0)) }
      try await carryOut(verb, changes, at: place)
    case .disable: try await set(.disabled, by: verb, operand, at: place)
    case .enable: try await set(.enabled, by: verb, operand, at: place)
    case .archive: try await set(.archived, by: verb, operand, at: place)
    }
  }

  private func set(
    _ activation: Activation, by verb: ChangingVerb, _ operand: Expression, at place: SourceRange
  ) async throws(Unwind) {
    let operations = try operations(in: try await evaluate(operand), at: operand.range)
    let changes = operations.map {
      Change(verb: verb, operation: $0, intent: .activation($0, activation), request: .activation($0, activation))
    }
    try await carryOut(verb, changes, at: place)
  }

  /// A status that the service lets a run be marked with.
  private func settable(_ expression: Expression?, at place: SourceRange) async throws(Unwind) -> RunStatus {
    guard let expression else { throw fail(.typeMismatch(wanted: "status", found: "none"), at: place) }
    let status = try await status(expression)
    guard RunStatus.settable.contains(status) else { throw fail(.notSettable(status.name), at: expression.range) }
    return status
  }

  /// Asks what has to be asked, and makes the changes, which may be repeated safely.
  private func carryOut(
    _ verb: ChangingVerb, _ changes: [Change], marking status: RunStatus? = nil, at place: SourceRange
  ) async throws(Unwind) {
    let sites = sites(for: changes.count)
    try await guarded(verb, changes.map(\.operation), sites, marking: status, at: place)
    _ = try await each(changes, at: place) { interpreter, change, index async throws(Unwind) in
      let done = try await interpreter.perform(.change(change.intent), at: place, site: sites[index]) {
        _ async throws(Unwind) in
        try await interpreter.calling(verb.word, on: change.operation.name, at: place, changes: true) {
          service async throws(ServiceError) in try await service.send(change.request)
        }
      }
      interpreter.note(change, at: done.number)
      interpreter.tell(.changed(change), at: place, replayed: done.isReplayed)
    }
  }

  /// Takes over what a change has made of a run or an operation.
  private func note(_ change: Change, at number: RecordNumber?) {
    switch change.intent {
    case .activation(let operation, let activation):
      guard let number else { return }
      state.activations.note(operation, activation, by: context.branch, at: number)
    case .mark(_, _, let status):
      guard let seen = change.run, let reference = change.reference else { return }
      let marked = Run(
        id: seen.id, operation: seen.operation, jobID: seen.jobID, status: status, started: seen.started,
        duration: seen.duration, updated: seen.updated)
      note(marked, of: reference, at: number)
    case .launch, .reset, .await, .awaitNext, .check, .list, .wait, .now, .waitUntil, .turn, .ask, .print, .parallel:
      break
    }
  }
}
