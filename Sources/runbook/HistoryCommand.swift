import ArgumentParser
import CivilTime
import Foundation
import RunbookEvaluator
import RunbookJournal
import RunbookRecord
import RunbookSession
import RunbookSyntax
import RunbookTerminal
import TailerAPI
import TailerClient
import VisibleText

struct HistoryCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(.history)

  @OptionGroup var profile: ProfileOptions
  @OptionGroup var journal: JournalOptions
  @Option(help: "How to tell it: lines, or json for one object a line.") var output = OutputForm.lines
  @Option(name: [.short, .long], help: "How many executions to list.") var limit = 20
  @Option(help: ArgumentHelp("Delete executions that ended longer ago than this.", valueName: "duration")) var prune:
    String?
  @ArgumentParser.Argument(help: "The execution to show.") var id: String?

  func run() async throws {
    try await CommandRunner.run {
      let surroundings = try Surroundings(profile, journal)
      let store = try surroundings.journalStore(mustExist: true)
      do {
        if let prune { return try await self.prune(store, olderThan: prune) }
        if let id { return try await show(id, in: store) }
        return try await list(store, surroundings)
      } catch let error as JournalStoreError {
        throw error.failure
      }
    }
  }

  private func list(_ store: any JournalStore, _ surroundings: Surroundings) async throws -> Int32 {
    let summaries = try await store.executions(limit: limit)
    let out = OutputChannel.standardOutput
    if output == .json {
      for summary in summaries { out.write(json: JSONWriter.line(RecordJSON.execution(summary))) }
      return 0
    }
    var table = Table(columns: ["execution", "started (UTC)", "took", "by", "where", "runbook", "ended"])
    for summary in summaries {
      let header = summary.header
      let ending: String =
        switch summary.state {
        case .running: "running"
        case .unfinished: "unfinished: \(summary.end?.summary ?? ExecutionEnd.unrecorded)"
        case .ended:
          summary.end.map { $0.exitStatus == 0 ? $0.summary : "\($0.exitStatus): \($0.summary)" }
            ?? summary.header.endWithoutWords
        }
      let parameters = header.parameters.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
      table.add([
        header.id, header.startedAt.columnMoment,
        summary.end.map { $0.at.since(header.startedAt).rounded.description } ?? "",
        header.holder.user, header.environment ?? "", header.name + parameters, ending,
      ])
    }
    out.write(table.text(width: out.isTerminal ? out.width : nil))
    return 0
  }

  private func show(_ id: String, in store: any JournalStore) async throws -> Int32 {
    if output == .json { return try await TranscriptCommand.write(id, in: store) }
    let summary = try await store.summary(of: id)
    let entries = try await store.entries(of: id)
    let out = OutputChannel.standardOutput
    let header = summary.header
    out.write(
      "\(header.id)  \(header.name)  by \(header.holder.user) on \(header.holder.host), \(header.startedAt.plainMoment)\n"
    )
    let place = [header.environment.map { "in \($0)" }, header.account.map { "of \($0)" }].compactMap { $0 }
    out.write("  \((place + ["on \(header.service)"]).joined(separator: " "))\n")
    for (name, value) in header.parameters.sorted(by: { $0.key < $1.key }) {
      out.write("  \(name) = \(value)\n")
    }
    let answers = Dictionary(
      try await store.record(of: id).answers.map { ($0.question, $0.answer) }, uniquingKeysWith: { $1 })
    for entry in entries where entry.intent.isWorthTelling {
      out.write(
        "\(entry.intendedAt.clock)  \(entry.number)  \(entry.intent.words.printable)\(entry.result(answered: answers[entry.number]))\n"
      )
    }
    out.write(lastLines(of: summary, entries).joined())
    return 0
  }

  /// How it ended, in what time, and what of it is not known.
  private func lastLines(of summary: ExecutionSummary, _ entries: [RecordedEffect]) -> [ScreenText] {
    let header = summary.header
    let words =
      switch summary.state {
      case .running: ""
      case .unfinished: ": \(summary.end?.summary ?? ExecutionEnd.unrecorded)"
      case .ended: ": \(summary.end?.summary ?? header.endWithoutWords)"
      }
    let took = summary.end.map { ", after \($0.at.since(header.startedAt).rounded)" } ?? ""
    var lines: [ScreenText] = ["\(summary.state.rawValue)\(words.printable)\(took)\n"]
    if let cost = summary.end?.cost?.words { lines.append("\(cost)\n") }
    let open = summary.state == .running ? [] : entries.filter(\.isLaunchInDoubt)
    guard !open.isEmpty else { return lines }
    lines.append(
      open.count == 1
        ? "It is not known whether one launch happened.\n"
        : "It is not known whether \(open.count) launches happened.\n")
    lines.append(
      summary.state == .unfinished
        ? "`runbook resume \(header.id)` looks for it; --adopt RUN says which run it was, --launch-again that it was none.\n"
        : "It cannot be resumed; `runbook resume \(header.id) --adopt RUN` says which run it was, --launch-again that it was none.\n"
    )
    return lines
  }

  private func prune(_ store: any JournalStore, olderThan text: String) async throws -> Int32 {
    guard let age = TimeSpan(text), age > .zero else {
      throw CommandFailure("“\(text)” is no duration such as 90d", status: 64)
    }
    let count = try await store.prune(endedBefore: RealClock().now.advanced(by: age.negated))
    OutputChannel.standardError.write("deleted \(count) execution\(count == 1 ? "" : "s")\n")
    return 0
  }
}

struct TranscriptCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(.transcript)

  @OptionGroup var profile: ProfileOptions
  @OptionGroup var journal: JournalOptions
  @ArgumentParser.Argument(help: "The execution.") var id: String

  func run() async throws {
    try await CommandRunner.run {
      let store = try Surroundings(profile, journal).journalStore(mustExist: true)
      do {
        return try await Self.write(id, in: store)
      } catch let error as JournalStoreError {
        throw error.failure
      }
    }
  }

  static func write(_ id: String, in store: any JournalStore) async throws -> Int32 {
    for object in RecordJSON.transcript(of: try await store.record(of: id)) {
      OutputChannel.standardOutput.write(json: JSONWriter.line(object))
    }
    return 0
  }
}

extension ExecutionHeader {
  /// How an execution has ended that has left no word of it.
  fileprivate var endWithoutWords: String { isSession ? ExecutionEnd.unrecorded : "ended" }
}

extension RecordedEffect {
  /// - Parameter answer: What was said to a question, and has not been taken up by who asks.
  fileprivate func result(answered answer: PersonAnswer?) -> String {
    switch outcome {
    case nil where !intent.answers.isEmpty:
      if let answer {
        "  → \(words(of: answer)), not taken up yet"
      } else {
        "  → waits for \(intent.answers.map(\.printable).joined(separator: " or "))"
      }
    case nil: "  → not known"
    case .done: ""
    case .printed(let text): "  → \(text.printable)"
    case .run(let run, let adopted, let adopter):
      "  → run \(run.id.printable)\(run.status.map { " \($0.name.printable)" } ?? "")\(adopted ? ", adopted" : "")"
        + (adopter.map { " by \($0.user.printable)" } ?? "")
    case .denied(let person): "  → did not happen, says \(person.user.printable)"
    case .look(let run): "  → \(run?.status?.name.printable ?? "not shown yet")"
    case .runs(let runs): "  → \(runs.count)"
    case .ended(let run, let cost):
      "  → run \(run.id.printable)\(run.status.map { " \($0.name.printable)" } ?? ""), \(cost.words)"
    case .moment(let moment): "  → \(moment)"
    case .answer(let answer): "  → \(words(of: answer))"
    case .held(_, let looks): "  → held at look \(looks)"
    case .failed(let error):
      "  → \(error.kind.rawValue): \(error.message.printable)\(error.cost.map { ", \($0.words)" } ?? "")"
    }
  }

  private func words(of answer: PersonAnswer) -> String {
    "\(intent.word(for: answer)) by \(answer.by.printable)\(answer.note.isEmpty ? "" : ": \(answer.note.printable)")"
  }
}
