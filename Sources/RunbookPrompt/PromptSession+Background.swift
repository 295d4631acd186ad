import CivilTime
import Coordination
import RunbookChecker
import RunbookDiagnostics
import RunbookEvaluator
import RunbookRecord
import RunbookSession
import RunbookTerminal
import TailerAPI
import VisibleText

/// Entries that go on behind the prompt.
extension PromptSession {
  /// Checks statements that are to go on behind the prompt and gives what does that; `nil` where they cannot.
  func begin(_ text: String) async -> (@Sendable () async -> Void)? {
    lastText = text
    guard let (preparation, runbook) = check(text, named: nil, changesScope: false) else { return nil }
    let facts = StatementFacts(runbook.program)
    if let problem = BackgroundProblem(facts, outer: Set(memory.names.keys)) {
      show([problem.diagnostic], in: preparation.sources)
      return nil
    }
    guard let parameters = await parameters(of: runbook), let journal = await openJournal() else { return nil }
    backgroundCount += 1
    let number = backgroundCount
    let label = "[\(number)]"
    let interruption = Interruption()
    background[number] = BackgroundEntry(text: text, since: session.clock.now, interruption: interruption)
    let listener = writer.listener(for: facts, in: preparation.sources, source: preparation.source.id, label: label)
    let effects = effects(
      journal: journal, people: LabelledPeople(people: session.people, label: label), listener: listener)
    let (entry, memory, policy, today) = (nextEntry(), memory.beside(), session.policy, session.clock.now.date)
    terminal.show("\(label) \(Self.summary(of: text)) goes on behind the prompt\n", as: .news)
    return {
      let (result, _) = await Self.evaluate(
        runbook, entry: entry, after: memory, parameters: parameters, effects: effects, policy: policy, today: today,
        interruption: interruption)
      await self.end(number, label, result, memory, in: preparation.sources)
    }
  }

  private func end(
    _ number: Int, _ label: String, _ result: ExecutionResult, _ own: Execution.Memory, in sources: SourceMap
  ) {
    guard let entry = background.removeValue(forKey: number) else { return }
    awaits += result.awaits
    own.join()
    scope.stopped = Set(memory.stopped.keys)
    suggestions.update(context: context)
    let words = Self.summary(of: entry.text)
    switch result.ending {
    case .done: terminal.show("\(label) done: \(words)\n", as: .news)
    case .stopped(let message):
      terminal.show("\(label) stopped\(message.map { ": \($0.printable)" } ?? ""): \(words)\n", as: .news)
    case .interrupted: terminal.show("\(label) no longer waiting: \(words)\n", as: .news)
    case .failed(_, let diagnostic), .over(_, let diagnostic):
      terminal.show("\(label) failed: \(words)\n", as: .news)
      show([diagnostic], in: sources)
    }
  }

  /// Whether the person wants to leave: asks where something still goes on behind the prompt.
  func mayLeave() async -> Bool {
    guard !background.isEmpty else { return true }
    guard await terminal.questions.wait() else { return false }
    defer { terminal.questions.signal() }
    showBackground()
    let reply = await terminal.read(
      LineRequest(prompt: "Leave? What was launched goes on; nobody waits for it. [y/N] ", kind: .question))
    switch reply {
    case .line(let text): return ["y", "yes"].contains(text.trimmed.lowercased())
    case .closed: return true
    case .endOfFile, .interrupted: return false
    }
  }

  func showBackground() {
    let now = session.clock.now
    if background.isEmpty { terminal.show("Nothing goes on behind the prompt.\n", as: .news) }
    for (number, entry) in background.sorted(by: { $0.key < $1.key }) {
      terminal.show(
        "[\(number)] \(Self.summary(of: entry.text))  (\(now.since(entry.since).rounded))\n", as: .news)
    }
  }

  /// Stops the waiting of what goes on behind the prompt.
  func stopBackground(_ number: Int? = nil, by cause: Interruption.Cause = .person) -> Bool {
    let chosen = background.filter { number == nil || $0.key == number }
    for (_, entry) in chosen { entry.interruption.raise(cause) }
    return !chosen.isEmpty
  }
}
