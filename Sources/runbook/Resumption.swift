import CivilTime
import Foundation
import RunbookChecker
import RunbookDiagnostics
import RunbookEvaluator
import RunbookJournal
import RunbookRecord
import RunbookSession
import RunbookSyntax
import RunbookTerminal
import TailerAPI
import VisibleText

/// An execution taken up again.
struct Resumption {
  let id: String?
  /// Whether the files count as they are now; else the recorded text does, unless somebody at the terminal says otherwise.
  let isEdited: Bool
  let acceptsChanges: Bool
  let launchesAgain: LaunchAgain
  let adoptions: [Adoption]
  let surroundings: Surroundings
  let conduct: ConductOptions

  func start() async throws -> Int32 {
    let store = try surroundings.journalStore()
    let header: ExecutionHeader
    var hasEnded = false
    do throws(JournalStoreError) {
      header = try await store.resumable(id)
    } catch {
      guard case .hasEnded(let ended, _) = error, hasWord else { throw error.failure }
      do throws(JournalStoreError) { header = try await store.summary(of: ended).header } catch { throw error.failure }
      hasEnded = true
    }
    guard header.service != Service.simulatorName else {
      throw CommandFailure("\(header.id) was a rehearsal: the built-in service that it ran on is gone", status: 64)
    }
    let surroundings = try surroundings.goingOn(with: header)
    let text = hasEnded ? .recorded : try await GoingOnText(header: header, conduct: conduct).choose(isEdited: isEdited)
    let stage = Stage(surroundings, conduct)
    let service = try Service(.configured, surroundings, runbook: nil, store: store)
    let session = try stage.session(on: service, people: stage.people(), isReadOnly: conduct.readOnly)
    return try await stage.perform(on: service) { [hasEnded] in
      if hasEnded { return await self.settle(header, session, stage) }
      let opened: Session.Opened
      do throws(JournalStoreError) {
        opened = try await session.reopen(header.id, launchingAgain: launchesAgain)
      } catch {
        return stage.tell(error)
      }
      do {
        return try await self.resume(opened, text, session, stage, service)
      } catch {
        // Whatever keeps it from going on leaves it as it was.
        await session.giveBack(opened)
        // What an older version began can be settled though nothing here can go on with it.
        if header.settings == nil, hasWord { _ = await self.settle(header, session, stage) }
        let failure = error as? CommandFailure ?? CommandFailure("\(error)", status: 3)
        failure.tell()
        return failure.status
      }
    }
  }

  private func resume(
    _ opened: Session.Opened, _ text: RecordedSources.Text, _ session: Session, _ stage: Stage, _ service: Service
  ) async throws -> Int32 {
    let header = opened.header
    guard header.service == service.name else {
      throw CommandFailure(
        "\(header.id) was started on \(header.service), and this would go on with \(service.name)", status: 64)
    }
    let ready = try await prepare(opened, text, session, stage)
    try await adopt(in: opened, session)
    if id == nil, conduct.output == .lines, !conduct.quiet {
      let words = ([header.name] + header.parameters.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" })
        .joined(separator: " ")
      OutputChannel.standardError.write(
        "resuming \(header.id): \(words.printable), begun \(header.startedAt.plainMoment)\n")
    }
    let accepted = try await journaling { () async throws(JournalError) in
      try await session.accept(ready.runbook, ready.comparison, in: opened)
    }
    let report = await session.run(
      ready.runbook, as: accepted, parameters: ready.parameters,
      accepting: accepted.header.isEdited == true ? ready.comparison : nil)
    return stage.conclude(report, at: service.clock.now, recordedIn: .journal)
  }

  /// What an execution is gone on with.
  private struct Ready {
    let runbook: CheckedRunbook
    let parameters: [String: GivenParameter]
    let comparison: Comparison
  }

  /// - Throws: `CommandFailure`, where the execution cannot be gone on with.
  private func prepare(
    _ opened: Session.Opened, _ text: RecordedSources.Text, _ session: Session, _ stage: Stage
  ) async throws -> Ready {
    let header = opened.header
    let sources = RecordedSources(of: header, taking: text)
    guard let (preparation, runbook) = try stage.check(try source(of: header, in: sources), loader: sources)
    else { throw CommandFailure(status: 2) }
    try await requireResumable(header, runbook, opened)
    let arguments = header.parameters.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    guard
      let parameters = try await stage.parameters(
        of: runbook, arguments: arguments, environment: [:], today: header.today, mayAsk: false)
    else { throw CommandFailure(status: 64) }
    let comparison = await session.compare(opened, with: runbook, parameters: parameters)
    if !comparison.isClean {
      stage.show(comparison.conflicts, of: preparation)
      guard acceptsChanges, !comparison.hasDiverged else {
        throw CommandFailure(
          "\(header.id) is left as it is: the runbook was changed where it had been carried out. "
            + (comparison.hasDiverged
              ? "What was done there answers for nothing else: change it back."
              : "--accept-changes goes on all the same."),
          status: 2)
      }
    }
    return Ready(runbook: runbook, parameters: parameters, comparison: comparison)
  }

  private func adopt(in opened: Session.Opened, _ session: Session) async throws {
    do throws(Adoption.Refusal) {
      try await session.adopt(adoptions, in: opened, by: surroundings.user)
    } catch {
      throw CommandFailure("\(opened.header.id) is left as it is: \(error)", status: error.exitStatus)
    }
  }

  /// Whether a person says what came of a launch.
  private var hasWord: Bool { launchesAgain != .none || !adoptions.isEmpty }

  /// Records what a person says of the launches of an execution that nothing goes on with.
  private func settle(_ header: ExecutionHeader, _ session: Session, _ stage: Stage) async -> Int32 {
    let opened: Session.Opened
    do throws(JournalStoreError) {
      opened = try await session.take(toSettle: header.id, launchingAgain: launchesAgain)
    } catch {
      return stage.tell(error)
    }
    do {
      try await adopt(in: opened, session)
      try await journaling { () async throws(JournalError) in try await session.settle(opened) }
    } catch {
      await session.giveBack(opened)
      let failure = error as? CommandFailure ?? CommandFailure("\(error)", status: 3)
      failure.tell()
      return failure.status
    }
    OutputChannel.standardError.write(
      "runbook: what was said of the launches of \(header.id) is recorded; it has ended, and nothing was launched\n")
    return 0
  }

  private func journaling<T>(_ body: () async throws(JournalError) -> T) async throws -> T {
    do throws(JournalError) {
      return try await body()
    } catch {
      throw CommandFailure("the journal cannot be written: \(error.words)", status: error.exitStatus)
    }
  }

  /// An execution of before settings were recorded goes on only where nothing in it depends on what was not recorded either:
  /// which branch failed first, what a condition saw, what a guard was answered.
  ///
  /// - Throws: `CommandFailure` with 64, which names the version of the program that can go on with it.
  private func requireResumable(
    _ header: ExecutionHeader, _ runbook: CheckedRunbook, _ opened: Session.Opened
  ) async throws {
    guard header.settings == nil else { return }
    let programs = [runbook.program.statements] + runbook.included.values.map(\.statements)
    let hasBranches = programs.contains { statements in
      TreeWalk(statements).contains { node in
        guard case .statement(let statement) = node else { return false }
        switch statement.kind {
        case .parallel, .parallelFor, .waitUntil: return true
        default: return false
        }
      }
    }
    let asksBeforeChanges = try await opened.journal.record().effects.contains { effect in
      if case .ask(let words, _, _) = effect.intent { Guards.asks(words) } else { false }
    }
    guard hasBranches || asksBeforeChanges else { return }
    let what = hasBranches ? "`parallel` or `wait until`" : "a guard's question"
    throw CommandFailure(
      """
      \(header.id) was begun by runbook 0.1.0, which recorded too little for this version to go on with \(what). \
      Settle its launches with --adopt or --launch-again, give it up with --abandon, or finish it with runbook 0.1.0 over \
      the copy of the journal from before, in \(try surroundings.stateDirectory())/\(SQLiteRowStore.copyName(ofVersion: 1))
      """, status: 64)
  }

  /// The text that the execution was begun with, where it was no file in any case.
  private func source(of header: ExecutionHeader, in sources: RecordedSources) throws -> SourceText {
    let id = SourceID(0)
    guard let recorded = header.sources.first else {
      throw CommandFailure("the record of \(header.id) holds no text", status: 3)
    }
    if [Input.namesOfNoFile.text, Input.namesOfNoFile.input].contains(header.name) {
      return SourceText(id: id, name: header.name, text: recorded.text)
    }
    do {
      return SourceText(id: id, name: header.name, bytes: try sources.load(header.name))
    } catch {
      throw CommandFailure(
        "\(header.name.printable): \(error.reason); the runbook of \(header.id) is needed to go on", status: 2)
    }
  }
}
