import CivilTime
import Coordination
import Foundation
import Glibc
import RunbookChecker
import RunbookDiagnostics
import RunbookEvaluator
import RunbookJournal
import RunbookRecord
import RunbookSession
import RunbookTerminal
import TailerAPI
import VisibleText

/// What stands around an execution: who listens, who answers, what interrupts it, and the last words.
final class Stage: Sendable {
  let surroundings: Surroundings
  let conduct: ConductOptions
  let interruption = Interruption()
  private let news = OutputChannel.standardError
  private let appearance: Appearance
  private let lines: LineWriter
  /// Where programs are told instead of people.
  private let json: JSONWriter?

  init(_ surroundings: Surroundings, _ conduct: ConductOptions) {
    self.surroundings = surroundings
    self.conduct = conduct
    appearance = Appearance(of: .standardError, variables: surroundings.variables)
    lines = LineWriter(
      output: .standardOutput, news: .standardError, appearance: appearance, sources: SourceMap(),
      isQuiet: conduct.quiet)
    json = conduct.output == .json ? JSONWriter(output: .standardOutput) : nil
  }

  /// Checks a text and tells all that is wrong with it; `nil` where it cannot run.
  func check(
    _ source: SourceText, loader: any SourceLoader
  ) throws -> (preparation: Preparation, runbook: CheckedRunbook)? {
    var context = surroundings.context()
    context.loader = loader
    let preparation = Preparation(of: source, in: context)
    Report.diagnostics(preparation, to: news, appearance: appearance, as: conduct.output)
    guard let runbook = preparation.runbook else {
      if conduct.output == .lines { news.write("nothing was sent\n") }
      return nil
    }
    lines.use(preparation.sources)
    json?.use(preparation.sources)
    return (preparation, runbook)
  }

  func people() -> any People {
    if conduct.yes { return AnswersYes() }
    guard TerminalPeople.isThere() else { return Nobody() }
    return TerminalPeople(user: surroundings.user, lines: lines)
  }

  /// More that is wrong with parameters is counted and not drawn.
  private static let problemLimit = 20

  /// The runbook's parameters; what is missing is asked for on a terminal. `nil` where something is wrong, which has
  /// been told.
  func parameters(
    of runbook: CheckedRunbook, arguments: [String], environment: [String: String], today: CalendarDate, mayAsk: Bool
  ) async throws -> [String: GivenParameter]? {
    var arguments = arguments
    var found = Parameters(of: runbook, arguments: arguments, environment: environment, today: today)
    if mayAsk, found.diagnostics.isEmpty, !found.missing.isEmpty, TerminalPeople.isThere() {
      let person = TerminalPeople(user: surroundings.user)
      for parameter in found.missing {
        do throws(PeopleError) {
          let value = try await person.value(of: parameter.name, summary: parameter.summary) {
            parameter.problem(with: $0)
          }
          arguments.append("\(parameter.name)=\(value)")
        } catch {
          throw CommandFailure("`\(parameter.name)` was not given", status: 64)
        }
      }
      found = Parameters(of: runbook, arguments: arguments, environment: environment, today: today)
    }
    let problems = found.diagnostics + (found.missingDiagnostic.map { [$0] } ?? [])
    guard problems.isEmpty else {
      let renderer = DiagnosticRenderer(
        sources: found.sources, hasColour: appearance.hasColour, width: appearance.width)
      for diagnostic in problems.prefix(Self.problemLimit) { news.write(renderer.render(diagnostic) + "\n") }
      if problems.count > Self.problemLimit { news.write("… and \(problems.count - Self.problemLimit) more\n") }
      return nil
    }
    return found.given
  }

  func session(on service: Service, people: any People, isReadOnly: Bool) throws -> Session {
    var session = Session(
      service: service.client, watcher: service.watcher, clock: service.clock,
      bootTimer: service.bootTimer, store: service.store,
      people: service.seeing(people),
      listener: json ?? lines, policy: try surroundings.policy(isReadOnly: isReadOnly), interruption: interruption,
      holder: .current(), serviceName: service.name, directory: surroundings.directory)
    if let json { session.follower = { json.tell($0) } }
    return session
  }

  /// Carries a body out with signals raising the interruption and the live lines kept fresh.
  func perform(on service: Service, _ body: @escaping @Sendable () async -> Int32) async throws -> Int32 {
    let signals = Signals(raising: interruption)
    let ticker = Task { [lines, appearance] in
      while appearance.isLive, service.isReal, !Task.isCancelled {
        try? await Task.sleep(nanoseconds: 1_000_000_000)
        lines.tick(at: service.clock.now)
      }
    }
    defer {
      ticker.cancel()
      lines.pause()
      withExtendedLifetime(signals) {}
    }
    return try await service.drive(body)
  }

  func show(_ diagnostics: [Diagnostic], of preparation: Preparation) {
    let renderer = DiagnosticRenderer(
      sources: preparation.sources, hasColour: appearance.hasColour, width: appearance.width)
    for diagnostic in diagnostics { news.write(renderer.render(diagnostic) + "\n") }
  }

  func tell(_ error: JournalStoreError) -> Int32 {
    news.write("runbook: \(error.failure.message)\n")
    return error.failure.status
  }

  /// The last words: what failed, with its place, and whether and how it goes on.
  func conclude(_ report: Session.Report, at moment: Timestamp, recordedIn record: Service.Recorded) -> Int32 {
    lines.pause()
    if conduct.output == .lines, let diagnostic = report.ending.diagnostic { lines.draw(diagnostic) }
    if let problem = report.journalProblem { news.write("the ending could not be recorded: \(problem)\n") }
    if let json {
      let end = ExecutionEnd(
        at: moment, exitStatus: report.exitStatus, summary: report.ending.summary,
        isResumable: report.isResumable && record.canBeResumed, cost: report.cost)
      json.end(end, of: report.executionID, leaving: report.left, unrecorded: report.journalProblem)
      if let lost = OutputChannel.standardOutput.failure, !lost.isNobodyReading {
        for line in report.leftWords + [lastLine(report, recordedIn: record)] { news.write("\(line)\n") }
      }
      return report.exitStatus
    }
    for line in report.leftWords { news.write("\(line)\n") }
    if !conduct.quiet, let words = report.cost.words { news.write(appearance.paint("\(words)", .dim) + "\n") }
    if !conduct.quiet || report.exitStatus != 0 { news.write("\(lastLine(report, recordedIn: record))\n") }
    return report.exitStatus
  }

  private func lastLine(_ report: Session.Report, recordedIn record: Service.Recorded) -> String {
    let words =
      switch report.ending {
      case .done: "done"
      case .stopped(let message): "stopped\(message.map { ": \($0.printable)" } ?? "")"
      case .failed: "failed"
      case .over(.declined, _): "ended: the answer was no"
      case .over(.forbidden, _): "stopped there"
      case .over(.unanswered, _): "stopped there: nobody answered"
      case .over(.broken, _): "stopped: nothing more was sent"
      case .over(.takenOver, _): "stopped: another process goes on with it"
      case .interrupted: "interrupted; what was launched goes on"
      }
    switch record {
    case .nothing: return words + " (rehearsed)"
    case .folder(let folder): return "\(words) (rehearsed; recorded as \(report.executionID) in \(folder))"
    case .journal: break
    }
    guard report.isResumable else { return "\(words) (\(report.executionID))" }
    if case .over(.unanswered, _) = report.ending, let question = report.questions.first {
      let word = question.intent.answers.joined(separator: "|").printable
      let answering = "`runbook answer \(report.executionID)\(question.number) \(word)` answers"
      return "\(words); \(answering), and `runbook resume \(report.executionID)` goes on from here"
    }
    let going = "`runbook resume \(report.executionID)` goes on from here"
    guard report.journalProblem == nil else {
      return "\(words); `runbook journal check` looks at the journal, and then \(going)"
    }
    return "\(words); \(going)"
  }
}

extension Session.Report {
  /// What is left, a line each. Where the runbook came to an end that is written into it, runs that go on and operations that
  /// stay disabled are as it wants them; a launch that nobody knows about is nobody's wish.
  fileprivate var leftWords: [String] {
    switch ending {
    case .done, .stopped:
      var unknown = Leftovers()
      unknown.launches = left.launches
      return unknown.lines
    case .failed, .over, .interrupted: return left.lines
    }
  }
}
