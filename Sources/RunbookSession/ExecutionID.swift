public import CivilTime

/// Makes ids of executions: short enough to type, in the order of time, and told apart by four random letters:
/// `20261230-112837-kqzd`.
public struct ExecutionIDs: Sendable {
  private let random: @Sendable () -> UInt64

  public init(random: @escaping @Sendable () -> UInt64 = { .random(in: .min ... .max) }) { self.random = random }

  public func next(at moment: Timestamp) -> String {
    // No vowels, so that no id is a word.
    let letters = Array("bcdfghjkmnpqrstvwxz")
    var bits = random()
    var tail = ""
    for _ in 0..<4 {
      tail.append(letters[Int(bits % UInt64(letters.count))])
      bits /= UInt64(letters.count)
    }
    let day = moment.date.description.filter { $0 != "-" }
    return "\(day)-\(moment.clock.filter { $0 != ":" })-\(tail)"
  }
}
