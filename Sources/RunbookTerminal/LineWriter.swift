public import CivilTime
import Coordination
public import RunbookDiagnostics
public import RunbookEvaluator
import RunbookRecord
import VisibleText

/// Tells people what happens, a line for each event: with the time before it, and on a terminal with one live line below
/// for each thing that is still going. What the runbook prints goes to standard output and nothing else does.
public final class LineWriter: EventListener {
  private let lines: Guarded<Lines>

  /// - Parameter isQuiet: Whether only what the runbook prints, questions and failures are shown.
  public init(
    output: OutputChannel, news: OutputChannel, appearance: Appearance, sources: SourceMap, isQuiet: Bool = false
  ) {
    lines = Guarded(
      Lines(output: output, news: news, appearance: appearance, isQuiet: isQuiet, sources: sources))
  }

  public func use(_ sources: SourceMap) { lines.withLock { $0.sources = sources } }

  public func hear(_ event: Event) { lines.withLock { $0.hear(event) } }

  /// Takes the live lines away for good.
  public func pause() { atOnce { $0.erase() } }

  /// Takes the live lines away and keeps everything back until `release`, so that nothing is written across a question.
  public func hold() { atOnce { $0.hold() } }

  public func release() { lines.withLock { $0.release() } }

  /// Draws a failure in its source.
  public func draw(_ diagnostic: Diagnostic) { atOnce { $0.draw(diagnostic) } }

  /// Redraws the live lines with the time that has passed; once a second is enough.
  public func tick(at now: Timestamp) { lines.withLock { $0.redraw(at: now) } }

  /// Returns when it stands there, for others write to the same terminal.
  private func atOnce(_ change: (inout Lines) -> Void) {
    let channels = lines.withLock { lines in
      change(&lines)
      return [lines.output, lines.news]
    }
    for channel in channels { channel.flush() }
  }
}

/// What is on the screen, and what waits to come there.
private struct Lines: Sendable {
  let output: OutputChannel
  let news: OutputChannel
  let appearance: Appearance
  let isQuiet: Bool
  var sources: SourceMap
  private var live = InFlight()
  private var drawnLines = 0
  /// What waits until a question is answered; `nil` where none is open.
  private var held: [(text: ScreenText, channel: OutputChannel)]?
  private var replayed = 0
  /// When it was last told that looks fail for a reason, or succeed again.
  private var told: [String?: Timestamp] = [:]

  init(output: OutputChannel, news: OutputChannel, appearance: Appearance, isQuiet: Bool, sources: SourceMap) {
    self.output = output
    self.news = news
    self.appearance = appearance
    self.isQuiet = isQuiet
    self.sources = sources
  }

  mutating func hear(_ event: Event) {
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

  mutating func hold() {
    erase()
    held = held ?? []
  }

  mutating func release() {
    let waiting = held ?? []
    held = nil
    for piece in waiting { put(piece.text, to: piece.channel) }
  }

  mutating func draw(_ diagnostic: Diagnostic) {
    erase()
    tellReplayed()
    write(rendered(diagnostic) + "\n", to: news)
  }

  mutating func redraw(at now: Timestamp) {
    guard drawnLines > 0 else { return }
    // In one piece, so that nobody sees the lines gone.
    put(takeAway() + drawing(at: now), to: news)
  }

  private mutating func tellReplayed() {
    guard replayed > 0 else { return }
    let words = replayed == 1 ? "recorded effect stands as it is" : "recorded effects stand as they are"
    line("\(replayed) \(words)", .quiet, at: nil)
    replayed = 0
  }

  private mutating func show(_ event: Event) {
    switch event.kind {
    case .printed(let text): write(ScreenText(lines: text) + "\n", to: output)
    case .value(let value): write(ScreenText(lines: value.text) + "\n", to: output)
    case .warning(let diagnostic), .alsoFailed(let diagnostic): write(rendered(diagnostic) + "\n", to: news)
    default:
      guard !isQuiet, isNews(event), let worded = EventLine(event) else { return }
      line(worded.text, worded.tone, at: event.at, depth: event.steps.count - (event.isStepsOwn ? 1 : 0))
    }
  }

  /// What ails the service is told once a minute, however many waits suffer it.
  private mutating func isNews(_ event: Event) -> Bool {
    let reason: String?
    switch event.kind {
    case .unseen(_, _, let words): reason = words
    case .seen: reason = nil
    default: return true
    }
    told = told.filter { event.at.since($0.value) < .minutes(1) }
    guard told[reason] == nil else { return false }
    told[reason] = event.at
    return true
  }

  private mutating func line(_ text: String, _ tone: EventLine.Tone, at moment: Timestamp?, depth: Int = 0) {
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
    let words = colour.map { appearance.paint("\(text)", $0) } ?? "\(text)"
    write("\(appearance.paint("\(time)", .dim))\(indent)\(words)\n", to: news)
  }

  private func rendered(_ diagnostic: Diagnostic) -> ScreenText {
    DiagnosticRenderer(sources: sources, hasColour: appearance.hasColour, width: appearance.width).render(diagnostic)
  }

  private mutating func write(_ text: ScreenText, to channel: OutputChannel) {
    if held == nil { put(text, to: channel) } else { held?.append((text, channel)) }
  }

  /// Without keeping who tells it: whoever reads slowly delays no work.
  private func put(_ text: ScreenText, to channel: OutputChannel) {
    if !text.isEmpty { channel.writeLater(text) }
  }

  // MARK: Live lines

  /// Without them nothing is kept of what goes on.
  private var hasLiveLines: Bool { appearance.isLive && !isQuiet }

  private mutating func draw(at now: Timestamp) { put(drawing(at: now), to: news) }

  mutating func erase() { put(takeAway(), to: news) }

  private mutating func drawing(at now: Timestamp) -> ScreenText {
    guard hasLiveLines, held == nil else { return "" }
    let lines = live.lines(at: now, room: news.height - 2).map { $0.cut(toColumns: max(10, news.width - 1)) }
    drawnLines = lines.count
    return lines.map { appearance.paint("\($0)", .dim) + "\n" }.joined()
  }

  private mutating func takeAway() -> ScreenText {
    defer { drawnLines = 0 }
    return .erasing(lines: drawnLines)
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
