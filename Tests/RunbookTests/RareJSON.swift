import CivilTime
import Foundation
import RunbookDiagnostics
import RunbookEvaluator
import RunbookRecord
import RunbookSyntax
import RunbookTerminal
import TailerAPI

/// Records, news and diagnostics of which every member has been seen somewhere, for what no rehearsal comes by.
enum RareJSON {
  static let at = Timestamp("2020-12-30T11:28:00Z") ?? .earliest
  private static let operation = DataOperation.named(
    "p", type: .tableToTable, environment: "DEV", account: "000099")
  private static let run = Run(
    id: "20201230-112837-a", operation: operation, status: .failed, started: at, duration: .minutes(1))
  private static let holder = LeaseHolder(user: "ann", host: "pump-3", process: 4711, processStart: "b")

  static func lines() throws -> String {
    try transcripts() + news() + diagnostics()
  }

  // MARK: The record

  private static func error(_ kind: ErrorKind) -> RecordedError {
    RecordedError(
      kind: kind, message: "lost", attempts: 2, run: run, candidates: [run], notes: ["a note"],
      cost: WatchCost(looks: 3, noticedAfter: .seconds(1)))
  }

  /// What each verb can come to.
  private static let effects: [(EffectIntent, [EffectOutcome?])] = {
    let person = PersonAnswer(isYes: true, by: "ann", note: "seen")
    let adopter = Adopter(user: "ann", at: at)
    let reads: [RecordedRead] = [
      RecordedRead("a", .check(runID: "r", operation: operation), .look(run)),
      RecordedRead("b", .list("last runs"), .runs([run])), RecordedRead("c", .now, .moment(at)),
      RecordedRead("d", .list("last runs"), .failed(error(.unreachable))),
    ]
    let purposes: [QuestionPurpose?] = [.permission, .consent, .answer, .task, nil]
    return [
      (
        .launch(operation, on: at.date, baseline: ["r"], at: at),
        [.run(run, adopted: true, by: adopter), .denied(by: adopter), nil, .failed(error(.unconfirmed))]
      ),
      (
        .await(runID: "r", operation: operation, from: at),
        [.ended(run, WatchCost(looks: 1)), .failed(error(.timeout))]
      ),
      (.awaitNext(operation, since: at, from: at), [.ended(run, WatchCost(looks: 1))]),
      (.check(runID: "r", operation: operation), [.look(run), .look(nil)]), (.list("last runs"), [.runs([run])]),
      (.mark(runID: "r", operation: operation, status: .checked), [.done]), (.reset(operation), [.done]),
      (.activation(operation, .enabled), [.done]), (.activation(operation, .archived), [.done]),
      (.activation(operation, .disabled), [.done]), (.wait(.seconds(1), from: at), [.done]),
      (.waitUntil(from: at), [.held(reads, looks: 2)]), (.now, [.moment(at)]), (.turn, [.moment(at)]),
      (.print, [.printed("x"), .done]), (.parallel, ErrorKind.allCases.map { .failed(error($0)) }),
    ] + purposes.map { (.ask("Go?", purpose: $0), [.answer(person)]) }
  }()

  /// Every kind of span, failed, halted for every reason, and one that goes on.
  private static func spans() throws -> [Span] {
    var spans: [Span] = []
    for (index, kind) in Span.Kind.allCases.enumerated() {
      var record = Record()
      let whole = SpanSite(.execution, at: Path(.named("")))
      let span = SpanSite(kind, at: Path(.named("x")), title: "x", in: kind == .execution ? nil : whole)
      switch index % 3 {
      case 0: record.close(span, .failed(error(.failed), causes: [RecordNumber(1)]), halting: true, now: at)
      case 1: record.interrupt(span, now: at)
      default:
        let question = EffectSite(EffectKey(path: "q", textHash: TextHash(of: "")), in: span)
        let no = PersonAnswer(isYes: false, by: "ann")
        _ = try record.end(.ask("Go?", purpose: .consent), .answer(no), at: question, now: at)
      }
      spans += record.takeUnwritten()
    }
    return spans
  }

  private static func transcripts() throws -> String {
    var number: Int64 = 0
    var recorded: [RecordedEffect] = []
    for (intent, outcomes) in effects {
      for outcome in outcomes {
        number += 2
        let standing = [RecordedEffect.Standing.current, .setAside, .lapsed][recorded.count % 3]
        recorded.append(
          RecordedEffect(
            number: RecordNumber(number), key: EffectKey(path: "\(number)", textHash: TextHash(of: "")),
            standing: outcome == nil ? .current : standing, intent: intent, intendedAt: at, outcome: outcome))
      }
    }
    recorded.append(
      RecordedEffect(
        number: RecordNumber(number + 2), key: EffectKey(path: "off", textHash: TextHash(of: "")),
        intent: .activation(operation, .disabled), intendedAt: at, outcome: .done))
    recorded.append(
      RecordedEffect(
        number: RecordNumber(number + 4), key: EffectKey(path: "gone", textHash: TextHash(of: "")),
        intent: .launch(operation, on: nil, baseline: [], at: at), intendedAt: at,
        outcome: .run(Run(id: "going", operation: operation), adopted: false)))
    let answer = RecordedAnswer(
      question: RecordNumber(1), generation: 0, wordsHash: "", answer: PersonAnswer(isYes: true, by: "ann"), at: at)
    let lives: [ProcessLife.Leaving?] = [.lost, .gaveBack, .ended, nil]
    let all = try [ExecutionSummary.State.running, .unfinished, .ended].flatMap { state in
      RecordJSON.transcript(
        of: ExecutionRecord(
          summary: ExecutionSummary(
            header: header, state: state, end: state == .running ? nil : end,
            lives: lives.map { ProcessLife(fence: 1, holder: holder, began: at, left: $0.map { _ in at }, leaving: $0) }
          ),
          effects: recorded, spans: try spans(), answers: [answer]))
    }
    let unrecorded = RecordJSON.end(end, of: "x", leaving: Leftovers(recorded, try spans()), unrecorded: "disk full")
    return (all + [unrecorded]).map { String(decoding: JSONWriter.line($0), as: UTF8.self) }.joined()
  }

  private static let header = ExecutionHeader(
    id: "x", startedAt: at, today: at.date, holder: holder, name: "x.runbook", directory: "/",
    sources: [.init(name: "x.runbook", text: "print 1")], parameters: ["day": "1"], account: "000099",
    environment: "DEV",
    service: "simulator")
  private static let end = ExecutionEnd(
    at: at, exitStatus: 5, summary: "lost", isResumable: true,
    cost: ExecutionCost(awaits: [WatchCost(looks: 1, noticedAfter: .seconds(1))]))

  // MARK: News and diagnostics

  private static let text = SourceText(id: SourceID(0), name: "x.runbook", text: "print 1\n")
  private static let range = SourceRange(SourceID(0), 0, 5)

  private static let diagnostic = Diagnostic(
    id: "unknown", severity: .note, message: "m", primary: .init(range, "l"),
    secondary: [.init(range, "s"), .init(SourceRange(SourceID(9), 1, 2), "elsewhere")], notes: ["n"],
    fixes: [.init("f", replacing: range, with: "launch")], trace: [.init(range, "t")])

  private static func news() throws -> String {
    let usual = UsualDuration(median: .minutes(1), range: .seconds(30) ... .minutes(2), longest: .hours(1), runs: 5)
    let kinds: [Event.Kind] = [
      .waitingForTurn(operation, TurnWait(executionID: "x", settlesAt: at)),
      .waitingForTurn(operation, TurnWait(executionID: nil)),
      .launchUnknown(operation, reason: "lost", lookingUntil: at), .awaiting(run, deadline: at),
      .awaitingNext(operation, since: at, deadline: at), .waitingUntil(deadline: at), .expecting(.end(of: run), usual),
      .expecting(.nextRun(of: operation, since: at), usual), .appeared(run),
      .unseen(.end(of: run), since: at, reason: "503"), .unseen(nil, since: at, reason: "503"), .seen(nil),
      .seen(.end(of: run)),
      .seen(.nextRun(of: operation, since: at)),
      .retrying(attempt: 2, of: 3, after: .seconds(1), reason: "lost"), .warning(diagnostic), .alsoFailed(diagnostic),
    ]
    return try Program.withFolder { folder in
      let file = folder.appending(path: "news").path
      let descriptor = open(file, O_WRONLY | O_CREAT, 0o600)
      defer { close(descriptor) }
      let channel = OutputChannel(descriptor)
      let writer = JSONWriter(output: channel)
      writer.use(SourceMap([text]))
      for kind in kinds {
        writer.hear(Event(at: at, place: range, isReplayed: false, steps: ["s"], effect: "/.1#0", kind: kind))
      }
      channel.flush()
      return try String(contentsOfFile: file, encoding: .utf8)
    }
  }

  private static func diagnostics() -> String {
    DiagnosticRenderer(sources: SourceMap([text])).json(diagnostic) + "\n"
  }
}
