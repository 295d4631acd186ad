public import RunbookRecord
import TailerAPI

extension Leftovers {
  /// For people, a line each.
  public var lines: [String] {
    runs.map { "left without a seen end: run \($0.id.printable) of \($0.operation)" }
      + disabled.map { "left disabled: \($0)" }
      + launches.map { "left unconfirmed: \($0.number), \($0.intent.words.printable)" }
      + finallies.map { "left undone: the end of \($0)" }
  }
}
