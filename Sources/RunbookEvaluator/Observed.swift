import RunbookRecord

/// What branches have seen of one thing. Of what a branch can see, the latest counts by its position in the log, so that a
/// resumed execution sees the same however its branches race.
struct Observed<Value: Sendable>: Sendable {
  private struct Observation: Sendable {
    let branch: Branch
    var number: RecordNumber
    var value: Value
  }

  private var first: Observation
  private var others: [Observation] = []

  init(_ value: Value, by branch: Branch, at number: RecordNumber = RecordNumber(0)) {
    first = Observation(branch: branch, number: number, value: value)
  }

  /// The value as a branch sees it; what was seen first where it sees nothing else.
  func value(seenBy branch: Branch) -> Value {
    guard !others.isEmpty else { return first.value }
    var best: Observation?
    for observation in [first] + others where branch.sees(observation.branch) {
      if best.map({ $0.number <= observation.number }) ?? true { best = observation }
    }
    return best?.value ?? first.value
  }

  /// What was seen last, by whichever branch.
  var latest: Value { others.reduce(first) { $0.number <= $1.number ? $1 : $0 }.value }

  /// - Parameter number: The position in the log at which it was seen; `nil` for a look that leaves no trace.
  mutating func note(_ value: Value, by branch: Branch, at number: RecordNumber?) {
    let branch = branch.current
    func isSame(_ observation: Observation) -> Bool { observation.branch.current === branch }
    func noted(_ observation: Observation) -> Observation {
      guard let number, number < observation.number else {
        return Observation(branch: branch, number: number ?? observation.number, value: value)
      }
      return observation
    }
    if isSame(first) {
      first = noted(first)
    } else if let place = others.firstIndex(where: isSame) {
      others[place] = noted(others[place])
    } else {
      others.append(Observation(branch: branch, number: number ?? RecordNumber(.max), value: value))
    }
  }
}
