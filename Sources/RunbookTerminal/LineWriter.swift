public import CivilTime
import Foundation
public import RunbookDiagnostics
public import RunbookEvaluator
import RunbookRecord
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
  private var live = InFlight()
  private var drawnLines = 0
  /// What waits until a question is answered; `nil` where none is open.
  private var held: [(text: String, channel: OutputChannel)]?
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
      if hasLiveLines { live.take(event) }
      draw(at: event.at)
    }
  }

  /// Takes the live lines away for good.
  public func pause() { lock.withLock { erase() } }

  /// Takes the live lines away and keeps everything back until `release`, so that nothing is written across a question.
  public func hold() {
    lock.withLock {
      erase()
      held = held ?? []
    }
  }

  public func release() {
    lock.withLock {
      let waiting = held ?? []
      held = nil
      for piece in waiting { piece.channel.write(piece.text) }
    }
  }

  /// Draws a failure in its source.
  public func draw(_ diagnostic: Diagnostic) {
    lock.withLock {
      erase()
      tellReplayed()
      write(rendered(diagnostic) + "\n", to: news)
    }
  }

  /// Redraws the live lines with the time that has passed; once a second is enough.
  public func tick(at now: Timestamp) {
    lock.withLock {
      guard drawnLines > 0 else { return }
      // In one piece, so that nobody sees the lines gone.
      news.write(takeAway() + drawing(at: now))
    }
  }

  private func tellReplayed() {
    guard replayed > 0 else { return }
    let words = replayed == 1 ? "recorded effect stands as it is" : "recorded effects stand as they are"
    line("\(replayed) \(words)", .quiet, at: nil)
    replayed = 0
  }

  private func show(_ event: Event) {
    switch event.kind {
    case .printed(let text): write(Self.harmless(text) + "\n", to: output)
    case .value(let value): write(Self.harmless(value.text) + "\n", to: output)
    case .warning(let diagnostic), .alsoFailed(let diagnostic): write(rendered(diagnostic) + "\n", to: news)
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
    write(appearance.paint(time, .dim) + indent + (colour.map { appearance.paint(text, $0) } ?? text) + "\n", to: news)
  }

  private func rendered(_ diagnostic: Diagnostic) -> String {
    DiagnosticRenderer(sources: sources, hasColour: appearance.hasColour, width: appearance.width).render(diagnostic)
  }

  private func write(_ text: String, to channel: OutputChannel) {
    if held == nil { channel.write(text) } else { held?.append((text, channel)) }
  }

  // MARK: Live lines

  /// Without them nothing is kept of what goes on.
  private var hasLiveLines: Bool { appearance.isLive && !isQuiet }

  private func draw(at now: Timestamp) { news.write(drawing(at: now)) }

  private func erase() { news.write(takeAway()) }

  private func drawing(at now: Timestamp) -> String {
    guard hasLiveLines, held == nil else { return "" }
    let lines = live.lines(at: now, room: news.height - 2).map { $0.cut(toColumns: max(10, news.width - 1)) }
    drawnLines = lines.count
    return lines.map { appearance.paint($0, .dim) + "\n" }.joined()
  }

  private func takeAway() -> String {
    defer { drawnLines = 0 }
    return drawnLines == 0 ? "" : "\u{1B}[\(drawnLines)A\r\u{1B}[J"
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
