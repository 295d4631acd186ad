import CivilTime
import Coordination
import RunbookDiagnostics
import RunbookEvaluator
import RunbookRecord
import RunbookTerminal
import TailerAPI
import VisibleText

/// Tells on the terminal what the entries do: that of the one in front as it comes, with live lines for what it waits
/// for; that of those behind the prompt with their number before it.
final class PromptWriter: Sendable {
  private struct State {
    var front = Front()
    var seen: [Run] = []
  }

  private let terminal: any PromptTerminal
  private let state = Guarded(State())

  init(terminal: any PromptTerminal) { self.terminal = terminal }

  /// The runs of this session as last seen, those touched last first.
  var runs: [Run] { state.withLock { $0.seen.reversed() } }

  func listener(
    for facts: StatementFacts, in sources: SourceMap, source: SourceID, label: String? = nil
  ) -> any EventListener {
    EntryListener(writer: self, terminal: terminal, facts: facts, sources: sources, source: source, label: label)
  }

  /// An entry in front begins.
  func begin(at now: Timestamp) {
    state.withLock { ($0.front.began, $0.front.activity) = (now, nil) }
  }

  /// What the entry in front was waiting for when it ended; the live lines go.
  func endWaits() -> [InFlight.Wait] {
    let left = state.withLock { state in
      defer { state.front = Front() }
      return state.front.waits.all
    }
    terminal.showLive([])
    return left
  }

  /// Redraws the live lines with the time that has passed.
  func tick(at now: Timestamp) {
    if let lines = state.withLock({ $0.front.lines(at: now, on: terminal.appearance) }) { terminal.showLive(lines) }
  }

  fileprivate func note(_ event: Event, isInFront: Bool) {
    let lines = state.withLock { state -> [ScreenText]? in
      switch event.kind {
      case .launched(let run), .adopted(let run, _), .adoptedByHand(let run, _), .ended(let run, _),
        .checked(let run), .appeared(let run):
        state.seen.removeAll { $0.isSame(as: run) }
        state.seen.append(run)
        if state.seen.count > 1_000 { state.seen.removeFirst(state.seen.count - 1_000) }
      default: break
      }
      guard isInFront else { return nil }
      state.front.activity = event.isBeginning ? event.words.map { ($0, event.at) } : nil
      state.front.waits.take(event)
      return state.front.lines(at: event.at, on: terminal.appearance) ?? []
    }
    if let lines { terminal.showLive(lines) }
  }
}

/// What the entry in front is at.
private struct Front {
  var waits = InFlight()
  var began: Timestamp?
  /// What it is at where it waits for no run.
  var activity: (words: String, since: Timestamp)?

  /// How long an entry may take before it is said that it is still at work.
  private static let patience = TimeSpan.seconds(2)

  /// What goes on in front; `nil` where there is nothing to say of it.
  func lines(at now: Timestamp, on appearance: Appearance) -> [ScreenText]? {
    guard appearance.isLive else { return nil }
    var lines = waits.lines(at: now, room: appearance.height - 2)
    if lines.isEmpty {
      if let activity {
        lines = ["… \(now.elapsed(since: activity.since)) so far  \(activity.words)"]
      } else if let began, now.since(began) >= Self.patience {
        lines = ["… \(now.elapsed(since: began)) so far; Ctrl-C stops"]
      }
    }
    guard !lines.isEmpty else { return nil }
    return lines.map { appearance.paint("\($0.cut(toColumns: max(10, appearance.width - 1)))", .dim) }
  }
}

extension Timestamp {
  /// In whole seconds.
  fileprivate func elapsed(since start: Timestamp) -> TimeSpan {
    .seconds(Int(max(0, since(start).microseconds / 1_000_000)))
  }
}

extension Event {
  /// Whether it tells of something that is now under way, which the live lines show as long as it is.
  fileprivate var isBeginning: Bool {
    switch kind {
    case .launching, .awaiting, .awaitingNext, .waiting, .waitingUntil: true
    default: false
    }
  }

  /// Whether at the prompt its value, which is shown or named, says it already.
  fileprivate var isOnlyALook: Bool { if case .listed = kind { true } else { false } }
}

/// Hears the events of one entry.
private struct EntryListener: EventListener {
  let writer: PromptWriter
  let terminal: any PromptTerminal
  let facts: StatementFacts
  let sources: SourceMap
  let source: SourceID
  /// Before everything that an entry behind the prompt has to tell.
  let label: String?

  func hear(_ event: Event) {
    let appearance = terminal.appearance
    switch event.kind {
    case .printed(let text): show(ScreenText(lines: text) + "\n", as: .output)
    case .value(let value):
      if isShown(value, at: event.place) {
        show(ValueDisplay(now: event.at, width: appearance.width).text(of: value), as: .output)
      }
    case .warning(let diagnostic), .alsoFailed(let diagnostic):
      let renderer = DiagnosticRenderer(sources: sources, hasColour: appearance.hasColour, width: appearance.width)
      show(renderer.render(diagnostic) + "\n", as: .news)
    default:
      let isSeenElsewhere = label == nil && (event.isOnlyALook || (event.isBeginning && appearance.isLive))
      if !isSeenElsewhere, let line = appearance.line(for: event) { show(line + "\n", as: .news) }
    }
    writer.note(event, isInFront: label == nil)
  }

  /// What stands alone in this entry's own words is shown, but for what says nothing, or nothing new.
  private func isShown(_ value: Value, at place: SourceRange?) -> Bool {
    guard let place, place.source == source else { return false }
    switch value {
    case .none: return !facts.calls.contains(place)
    case .run: return !facts.launches.contains(place)
    case .list: return !facts.launches.contains(place)
    default: return true
    }
  }

  private func show(_ text: ScreenText, as kind: Shown) {
    guard let label else { return terminal.show(text, as: kind) }
    terminal.show(text.lines.dropLast().map { "\(label) \($0)\n" }.joined(), as: kind)
  }
}

extension Run {
  /// Whether it is the same execution of the same operation, whatever was last seen of it.
  func isSame(as other: Run) -> Bool { id == other.id && operation == other.operation }
}
