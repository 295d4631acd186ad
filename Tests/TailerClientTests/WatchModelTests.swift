import CivilTime
import Foundation
import SeedSupport
import TailerAPI
import TailerSimulator
import Testing

@testable import TailerClient

/// What watching costs and how prompt it is, on virtual time, beside polling at fixed intervals. The figures are printed.
@Suite struct WatchModelTests {
  private typealias Figures = WatchModel.Figures

  private static let halfHour = WatchModel.normal(minutes: 30, deviation: 3)

  @discardableResult
  private func figures(
    _ model: WatchModel, seed: UInt64 = 7
  ) throws -> (watcher: Figures, fixed10: Figures, fixed30: Figures) {
    let result = try model.run(seed: seed)
    print(
      """
      \(model.name), seed \(seed): \(result.watcher.awaits) awaits over \(model.operations) operations
      \(Figures.heading)
      \(result.watcher.line("watcher"))
      \(result.fixed10.line("every 10s"))
      \(result.fixed30.line("every 30s"))
      """)
    return result
  }

  /// The goal is 1 % of the requests; what is held is closer to what is reached.
  @Test(arguments: Seeds.each(2)) func tenThousandAwaitsOverAThousandOperations(
    _ seed: UInt64
  ) throws {
    let (watcher, fixed, _) = try figures(
      WatchModel(name: "jobs of around 30 minutes", operations: 1000, each: 10, duration: Self.halfHour), seed: seed)
    #expect(watcher.delays.count == 10_000)
    #expect(Double(watcher.requests) < 0.009 * Double(fixed.requests))
    #expect(watcher.share(0.95) <= 0.05)
  }

  /// Those of one operation that overlap are few, and those of many operations share their listings.
  @Test func overDays() throws {
    let scale = Seeds.areAll ? 1 : 2
    let (watcher, fixed, _) = try figures(
      WatchModel(
        name: "the same over days", operations: 1000 / scale, each: 10 / scale, spread: .days(3 / scale),
        duration: Self.halfHour))
    #expect(watcher.notNoticed == 0)
    #expect(Double(watcher.requests) < 0.015 * Double(fixed.requests))
    #expect(watcher.share(0.95) <= 0.05)
  }

  @Test func aHundredAwaitsOfOneRunCostAboutWhatOneCosts() throws {
    var model = WatchModel(
      name: "one run", operations: 1, each: 1, isOneRun: true, duration: WatchModel.normal(minutes: 30, deviation: 1))
    let one = try figures(model).watcher
    model.each = 100
    let hundred = try figures(model).watcher
    #expect(hundred.delays.count == 100)
    #expect(hundred.requests <= one.requests + 3)
  }

  @Test func longTails() throws {
    let (watcher, fixed, _) = try figures(
      WatchModel(name: "a long tail", operations: 200, each: 10, timeout: .hours(48)) { generator in
        let sum = (0..<12).reduce(0.0) { sum, _ in sum + Double.random(in: 0..<1, using: &generator) }
        return 1200 * Foundation.exp((sum - 6) * 0.7)
      })
    #expect(watcher.notNoticed == 0)
    #expect(watcher.share(0.95) <= 0.15)
    #expect(Double(watcher.requests) < 0.06 * Double(fixed.requests))
  }

  @Test func twoKindsOfDurations() throws {
    let short = WatchModel.normal(minutes: 5, deviation: 0.3)
    let long = WatchModel.normal(minutes: 60, deviation: 4)
    let (watcher, fixed, _) = try figures(
      WatchModel(name: "five minutes or an hour", operations: 200, each: 10) { generator in
        Bool.random(using: &generator) ? short(&generator) : long(&generator)
      })
    #expect(watcher.notNoticed == 0)
    #expect(watcher.share(0.95) <= 0.05)
    #expect(Double(watcher.requests) < 0.02 * Double(fixed.requests))
  }

  @Test func someAreStuck() throws {
    let (watcher, fixed, _) = try figures(
      WatchModel(name: "one in fifty stuck", operations: 200, each: 10, stuck: 0.02, duration: Self.halfHour))
    #expect(watcher.notNoticed == fixed.notNoticed)
    #expect(watcher.share(0.95) <= 0.05)
    #expect(Double(watcher.requests) < 0.03 * Double(fixed.requests))
  }

  /// Each 429 holds everything up for half a minute. A listing for many that meets it is not made up for by a look at each,
  /// which would meet it again and again.
  @Test(arguments: Seeds.each(5)) func aBusyService(_ seed: UInt64) throws {
    let (watcher, fixed, _) = try figures(
      WatchModel(
        name: "one request in twenty meets 429", operations: 100, each: 10, spread: .hours(1),
        habits: .init(busy: 0.05), duration: Self.halfHour), seed: seed)
    #expect(watcher.notNoticed == 0)
    #expect(watcher.share(0.95) <= 0.06)
    #expect(Double(watcher.requests) < 0.004 * Double(fixed.requests))
  }

  @Test func lateListingsAndRunsThatNoListingShows() throws {
    let (watcher, fixed, _) = try figures(
      WatchModel(
        name: "three minutes late, one in ten unlisted", operations: 200, each: 5,
        habits: .init(delay: .minutes(3), unlisted: 0.1), duration: Self.halfHour))
    #expect(watcher.notNoticed == 0)
    #expect(watcher.share(0.95) <= 0.06)
    #expect(Double(watcher.requests) < 0.06 * Double(fixed.requests))
  }

  @Test func listingsShorterThanWhatIsAwaited() throws {
    let (watcher, fixed, _) = try figures(
      WatchModel(
        name: "listings of at most 5", operations: 20, each: 20, settings: WatchSettings(largestListing: 5),
        duration: Self.halfHour))
    #expect(watcher.notNoticed == 0)
    #expect(watcher.share(0.95) <= 0.1)
    #expect(watcher.requests < fixed.requests / 3)
  }

  /// Looks that begin together drift apart, so that the service does not meet them all at once again and again.
  @Test func jitterSpreadsWhatBeganTogether() throws {
    func busiestSecond(jitter: Double) throws -> Int {
      var model = WatchModel(name: "", operations: 200, each: 1) { _ in 1800 }
      // One run for each, all alike: without jitter all are due in the same moments.
      model.settings.jitter = jitter
      model.settings.sharingThreshold = .max
      return try model.busiestSecond(after: .minutes(5))
    }
    let (still, spread) = (try busiestSecond(jitter: 0), try busiestSecond(jitter: 0.1))
    #expect(still >= 50)
    #expect(spread * 4 < still, "\(spread) of \(still)")
  }
}
