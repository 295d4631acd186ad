import CivilTime
import RunbookEvaluator
import RunbookRecord
import RunbookSession
import TailerAPI

/// The prompt from its first line to its last: reads lines, puts entries together, and hands them to the session.
public struct PromptLoop: Sendable {
  private let configuration: PromptSession.Configuration
  private let terminal: any PromptTerminal
  private let history: HistoryFile?
  private let suggestions: Suggestions

  public init(
    _ configuration: PromptSession.Configuration, terminal: any PromptTerminal, history: HistoryFile?,
    suggestions: Suggestions
  ) {
    self.configuration = configuration
    self.terminal = terminal
    self.history = history
    self.suggestions = suggestions
  }

  /// Returns when the person leaves or the terminal goes away, with the exit status.
  public func run() async -> Int32 {
    let session = PromptSession(configuration, terminal: terminal, history: history, suggestions: suggestions)
    if let known = try? await configuration.session.store.knownOperations() { suggestions.add(known) }
    return await withTaskGroup(of: Void.self, returning: Int32.self) { group in
      let helpers = configuration.isRehearsal ? [] : [Task { await tick(session) }, Task { await keepLease(session) }]
      var reader = EntryReader()
      var status: Int32?
      var cause = Interruption.Cause.person
      while status == nil {
        let appearance = terminal.appearance
        let line = await session.promptLine
        let request = LineRequest(
          prompt: reader.isEmpty ? line.text(appearance) : line.continuation(appearance),
          kind: reader.isEmpty ? .entry : .continuation, typed: reader.text)
        switch await terminal.read(request) {
        case .interrupted: reader.drop()
        case .closed(let signal):
          status = 128 + signal
          cause = .machine(signal)
        case .endOfFile:
          if reader.isEmpty { if await session.mayLeave() { status = 0 } } else { reader.drop() }
        case .line(let text):
          guard case .entry(let entry) = reader.take(text) else { continue }
          history?.add(entry.text)
          if await carryOut(entry, in: session, { group.addTask(operation: $0) }) == .leave { status = 0 }
        }
      }
      for helper in helpers { helper.cancel() }
      _ = await session.stopBackground(by: cause)
      await group.waitForAll()
      await session.close()
      return status ?? 0
    }
  }

  private func carryOut(
    _ entry: Entry, in session: PromptSession, _ start: (@escaping @Sendable () async -> Void) -> Void
  ) async -> PromptSession.Next {
    switch entry.kind {
    case .command(let word, let argument): return await session.carryOut(word, argument)
    case .statements(let text, isBackground: true):
      if let work = await session.begin(text) { start(work) }
    case .statements(let text, isBackground: false): await session.run(text)
    }
    return .goOn
  }

  /// Keeps the live lines fresh. Real time only: in a rehearsal waiting takes none.
  private func tick(_ session: PromptSession) async {
    while !Task.isCancelled {
      try? await Task.sleep(nanoseconds: 1_000_000_000)
      session.writer.tick(at: configuration.session.clock.now)
    }
  }

  /// Shows that the session lives once it is recorded.
  private func keepLease(_ session: PromptSession) async {
    while !Task.isCancelled {
      await session.keepLease()
      try? await Task.sleep(nanoseconds: 1_000_000_000)
    }
  }
}
