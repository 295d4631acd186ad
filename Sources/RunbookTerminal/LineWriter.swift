public import CivilTime
import Foundation
public import RunbookDiagnostics
public import RunbookEvaluator
import TailerAPI

/// Tells people what happens, a line for each event: with the time before it, and on a terminal with one live line below
/// for each thing that is still going. What the runbook prints goes to standard output and nothing else does.
public final class LineWriter: EventListener, @unchecked Sendable {
  // The lock guards everything below it.
  private let lock = NSLock()
  private let output: OutputChannel
  private let news: OutputChannel
  private let appearance: Appearance
  private let isQuiet: Bool
  private var sources: SourceMap
  private var inFlight: [(key: String, text: String, since: Timestamp, deadline: Timestamp)] = []
  private var drawnLines = 0
  private var replayed = 0

  /// - Parameter isQuiet: Whether only what the runbook prints, questions and failures are shown.
  public init(
    output: OutputChannel, news: OutputChannel, appearance: Appearance, sources: SourceMap, isQuiet: Bool = false
  ) {
    self.output = output
    self.news = news
    self.appearance = appearance
    self.sources = sources
    self.isQuiet = isQuiet
  }

  public func use(_ sources: SourceMap) { lock.withLock { self.sources = sources } }

  public func hear(_ event: Event) {
    lock.withLock {
      erase()
      if event.isReplayed {
        replayed += 1
      } else {
        tellReplayed()
        show(event)
      }
      track(event)
      draw(at: event.at)
    }
  }

  /// Takes the live lines away, before something else is written to the terminal.
  public func pause() { lock.withLock { erase() } }

  /// Draws a failure in its source.
  public func draw(_ diagnostic: Diagnostic) {
    lock.withLock {
      erase()
      tellReplayed()
      news.write(rendered(diagnostic) + "\n")
    }
  }

  /// Redraws the live lines with the time that has passed; once a second is enough.
  public func tick(at now: Timestamp) {
    lock.withLock {
      guard drawnLines > 0 else { return }
      erase()
      draw(at: now)
    }
  }

  private func tellReplayed() {
    guard replayed > 0 else { return }
    line("\(replayed) recorded effects stand as they are", .quiet, at: nil)
    replayed = 0
  }

  private func show(_ event: Event) {
    switch event.kind {
    case .printed(let text): output.write(Self.harmless(text) + "\n")
    case .value(let value): output.write(Self.harmless(value.text) + "\n")
    case .warning(let diagnostic), .alsoFailed(let diagnostic): news.write(rendered(diagnostic) + "\n")
    default:
      guard !isQuiet, let worded = EventLine(event) else { return }
      line(worded.text, worded.tone, at: event.at, depth: event.steps.count - (event.isStepsOwn ? 1 : 0))
    }
  }

  private func line(_ text: String, _ tone: EventLine.Tone, at moment: Timestamp?, depth: Int = 0) {
    guard !isQuiet else { return }
    let time = moment.map { "\($0.clock)  " } ?? "          "
    let indent = String(repeating: "  ", count: min(depth, 8))
    let colour: Colour? =
      switch tone {
      case .plain: nil
      case .good: .green
      case .bad: .red
      case .warning: .yellow
      case .quiet: .dim
      }
    news.write(appearance.paint(time, .dim) + indent + (colour.map { appearance.paint(text, $0) } ?? text) + "\n")
  }

  private func rendered(_ diagnostic: Diagnostic) -> String {
    DiagnosticRenderer(sources: sources, hasColour: appearance.hasColour, width: appearance.width).render(diagnostic)
  }

  // MARK: Live lines

  private func track(_ event: Event) {
    switch event.kind {
    case .awaiting(let run, let deadline) where !event.isReplayed:
      inFlight.append((run.id, "\(run.operation.name.printable)  run \(run.id.printable)", event.at, deadline))
    case .awaitingNext(let operation, _, let deadline) where !event.isReplayed:
      inFlight.append(("\(operation)", "next run of \(operation.name.printable)", event.at, deadline))
    case .ended(let run):
      let key = inFlight.firstIndex { $0.key == run.id } ?? inFlight.firstIndex { $0.key == "\(run.operation)" }
      if let key { inFlight.remove(at: key) }
    case .caught, .interrupted, .alsoFailed:
      inFlight.removeAll { $0.deadline <= event.at || isInterruption(event) }
    default: break
    }
  }

  private func isInterruption(_ event: Event) -> Bool { if case .interrupted = event.kind { true } else { false } }

  private static let liveLimit = 8

  private func draw(at now: Timestamp) {
    guard appearance.isLive, !isQuiet else { return }
    for flight in inFlight.prefix(Self.liveLimit) {
      let elapsed = now.since(flight.since).rounded
      let text = "… \(flight.text)  \(elapsed) so far, until \(flight.deadline.clock)"
      news.write(appearance.paint(String(text.prefix(max(10, appearance.width - 1))), .dim) + "\n")
      drawnLines += 1
    }
    if inFlight.count > Self.liveLimit {
      news.write(appearance.paint("… and \(inFlight.count - Self.liveLimit) more", .dim) + "\n")
      drawnLines += 1
    }
  }

  private func erase() {
    guard drawnLines > 0 else { return }
    news.write("\u{1B}[\(drawnLines)A\r\u{1B}[J")
    drawnLines = 0
  }

  /// What a runbook prints, without the control characters of a reply; its own newlines and tabs stay.
  static func harmless(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false)
      .map {
        $0.split(separator: "\t", omittingEmptySubsequences: false).map { String($0).printable }.joined(separator: "\t")
      }
      .joined(separator: "\n")
  }
}

extension Event {
  /// Whether it is a step's own beginning or end, which stands where the step does and not inside it.
  fileprivate var isStepsOwn: Bool {
    switch kind {
    case .stepBegan, .stepEnded: true
    default: false
    }
  }
}
