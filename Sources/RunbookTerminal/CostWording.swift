import CivilTime
import RunbookEvaluator
public import RunbookRecord
public import TailerAPI

extension ExecutionCost {
  /// One line for people; `nil` where nothing was sent and nothing awaited.
  public var words: String? {
    var parts: [String] = []
    if requests.total > 0 {
      let kinds = requests.byAction.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.value) \($0.key)" }
      let retries = requests.retries > 0 ? "; \(requests.retries) of them again" : ""
      let missing = lacksKilled == true ? ", without those of a process that was killed" : ""
      parts.append("\(Self.count(requests.total, "request")) (\(kinds.joined(separator: ", "))\(retries))\(missing)")
    }
    if awaits > 0 {
      var text = "\(Self.count(awaits, "await")) took \(Self.count(looks, "look"))"
      if let noticing {
        text += " and noticed \(noticing.latest.rounded) after the end"
        if awaits > 1 { text += " at the latest, \(noticing.median.rounded) in the middle" }
      }
      parts.append(text)
    }
    return parts.isEmpty ? nil : parts.joined(separator: "; ")
  }

  private static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
}

extension WatchCost {
  /// `4 looks, noticed 2s after the end`.
  public var words: String {
    "\(looks) look\(looks == 1 ? "" : "s")" + (noticedAfter.map { ", noticed \($0.rounded) after the end" } ?? "")
  }
}

extension UsualDuration {
  /// One duration where most runs take about the same, else from what to what.
  public var words: String {
    let isNarrow = range.upperBound.inSeconds <= 1.5 * range.lowerBound.inSeconds
    return isNarrow
      ? median.rounded.description : "\(range.lowerBound.rounded) to \(range.upperBound.rounded)"
  }
}
