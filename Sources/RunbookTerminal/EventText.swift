import CivilTime
public import RunbookEvaluator
import RunbookRecord
public import VisibleText

extension Appearance {
  /// An event as a line for people, without its end; `nil` for what has none of its own.
  public func line(for event: Event) -> ScreenText? {
    guard let worded = EventLine(event) else { return nil }
    let indent = String(repeating: "  ", count: min(event.steps.count, 8))
    let words = worded.colour.map { paint("\(worded.text)", $0) } ?? "\(worded.text)"
    return "\(paint("\(event.at.clock)  ", .dim))\(indent)\(words)"
  }
}

extension Event {
  /// Its line without the time and colours; `nil` where it has none.
  public var words: String? { EventLine(self)?.text }
}
