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
    for entry in entries where entry.intent.isWorthTelling {
      out.write(
        "\(entry.intendedAt.clock)  \(entry.number)  \(entry.intent.words.printable)\(entry.result)\n")
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
  fileprivate var result: String {
    switch outcome {
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
    case .answer(let answer):
      "  → \(answer.isYes ? "yes" : "no") by \(answer.by.printable)\(answer.note.isEmpty ? "" : ": \(answer.note.printable)")"
    case .held(_, let looks): "  → held at look \(looks)"
    case .failed(let error):
      "  → \(error.kind.rawValue): \(error.message.printable)\(error.cost.map { ", \($0.words)" } ?? "")"
    }
  }
}

extension JournalStoreError {
  /// In words, with the exit status.
  var failure: CommandFailure {
    switch self {
    case .unavailable(let reason): CommandFailure("the journal cannot be used: \(reason)", status: 3)
    case .damaged(let words):
      CommandFailure(
        "the journal is damaged: \(words). It is left as it is; `runbook journal check` says what can be saved",
        status: 3)
    case .noSuchExecution(let id):
      CommandFailure("there is no execution \(id); `runbook history` lists them", status: 64)
    case .nothingToResume: CommandFailure("nothing is unfinished", status: 64)
    case .hasEnded(let id, let why):
      CommandFailure("\(id) has ended and cannot be resumed: \(why.printable)", status: 64)
    case .isHeld(let id, let holder):
      CommandFailure(
        "\(id) is being worked on by process \(holder.process) of \(holder.user) on \(holder.host)", status: 75)
    case .noSuchLaunch(let id, let open):
      CommandFailure(
        open.isEmpty
          ? "no launch of \(id) is open: what each of them came to is known"
          : "no such launch of \(id) is open; open are:\n\(Self.list(open))", status: 64)
    case .severalLaunches(let id, let open):
      CommandFailure(
        """
        several launches of \(id) are open, and each is settled by itself: --launch-again=DATE or --launch-again=#NUMBER \
        names one, --adopt RUN says which run it was. Open are:
        \(Self.list(open))
        """, status: 64)
    case .launchIsUnsettled(let id, let until):
      CommandFailure(
        "the request of the launch of \(id) may still arrive, and its run still be listed, until \(until.plainMoment)",
        status: 5)
    case .newerSchema(let found, let known):
      CommandFailure("the journal was written by a newer version (schema \(found), this one knows \(known))", status: 3)
    }
  }

  private static func list(_ launches: [RecordedEffect]) -> ScreenText {
    launches.map { launch -> ScreenText in
      "  \(launch.number)  \(launch.intent.words.printable), sent \(launch.intendedAt.plainMoment)"
    }
    .joined(separator: "\n")
  }
}
