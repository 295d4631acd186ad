import Foundation

/// How much a test draws of what it draws at random: what it says, and ten times as much with RUNBOOK_SEEDS=all in the
/// environment, as `.ci/full` sets it. A seed gives the same both times, so that what fails can be drawn again.
public enum Seeds {
  public static let areAll = ProcessInfo.processInfo.environment["RUNBOOK_SEEDS"] == "all"

  /// How many rounds a test goes that draws from one seed.
  public static func rounds(_ ordinary: Int) -> Int { areAll ? 10 * ordinary : ordinary }

  /// The seeds of a test that is done once for each.
  public static func each(_ ordinary: Int) -> [UInt64] { (0..<rounds(ordinary)).map(UInt64.init) }
}
