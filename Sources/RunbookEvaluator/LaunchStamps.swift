import CivilTime
import Coordination
import RunbookRecord
import TailerAPI

/// The stamps of a launch's tries: each is on record, durably, before its request leaves, which is sent within `sendBy` of it
/// or stamped anew. A process that slept in between sends nothing that another one may have done over meanwhile.
final class LaunchStamps: Sendable {
  /// A moment at which a request was about to be sent.
  struct Stamp: Hashable, Sendable {
    let at: Timestamp
    /// Nothing of the request can arrive or be listed after it.
    let settlesAt: Timestamp
  }

  private struct State {
    var last: Stamp?
    var first: Timestamp?
    /// Whether the try under way has begun to be stamped.
    var isUnderWay = false
    var refusal: SafeLaunch.Refusal?
    var disarm: (@Sendable () -> Void)?
  }

  /// How often one request is stamped whose stamp was too old each time that it was durable.
  private static let mostForOne = 5

  private let launch: SafeLaunch
  private let baseline: [String]
  private let state = Guarded(State())

  init(of launch: SafeLaunch, after baseline: [String]) {
    self.launch = launch
    self.baseline = baseline
  }

  /// The last one.
  var last: Stamp? { state.withLock { $0.last } }
  /// When the first try was stamped.
  var begun: Timestamp? { state.withLock { $0.first } }
  var isUnderWay: Bool { state.withLock { $0.isUnderWay } }
  /// Why the last try's request was withheld, where it was.
  var refusal: SafeLaunch.Refusal? { state.withLock { $0.refusal } }

  /// The next try, to be made once.
  func nextTry(_ number: Int) -> LaunchTry {
    state.withLock { $0.isUnderWay = false }
    return LaunchTry(number: number) { () async throws(LaunchTry.Withheld) in
      do throws(SafeLaunch.Refusal) {
        return try await self.stamp()
      } catch {
        self.state.withLock { $0.refusal = error }
        throw LaunchTry.Withheld()
      }
    } left: {
      self.hasLeft()
    }
  }

  /// The request is out of this process's hands, or will not be sent any more.
  func hasLeft() {
    let disarm = state.withLock { state in
      defer { state.disarm = nil }
      return state.disarm
    }
    disarm?()
  }

  /// Records that nothing came of the last try, and nothing can: it stands in nobody's way, and may be launched at once.
  func withdraw() async throws(SafeLaunch.Refusal) {
    guard let last, last.settlesAt > last.at else { return }
    try await record(Stamp(at: last.at, settlesAt: last.at))
  }

  /// Stamps a try and arms the timer; gives how long its request may take to leave.
  private func stamp() async throws(SafeLaunch.Refusal) -> TimeSpan {
    let (timer, policy) = (launch.effects.bootTimer, launch.policy)
    state.withLock { $0.isUnderWay = true }
    for _ in 0..<Self.mostForOne {
      if launch.isInterrupted { throw .interrupted }
      let taken = timer.sinceBoot
      let now = launch.effects.clock.now
      try await record(Stamp(at: now, settlesAt: now.advanced(by: policy.settlingTime)))
      guard Self.age(of: taken, timer) <= policy.sendBy else {
        try await withdraw()
        continue
      }
      // Not armed before this check: a commit that takes long must not end a process that is well.
      let disarm: @Sendable () -> Void
      do throws(TimerUnavailable) {
        disarm = try timer.arm(at: taken.adding(policy.endBy) ?? .longest)
      } catch {
        throw .problem(.service(unsent(without: error), verb: "launch", operation: launch.operation.name))
      }
      let age = Self.age(of: taken, timer)
      guard age <= policy.sendBy else {
        disarm()
        try await withdraw()
        continue
      }
      state.withLock { $0.disarm = disarm }
      return policy.leaveBy.subtracting(age) ?? .zero
    }
    throw .journal(.unavailable("what is written to it takes longer than \(policy.sendBy) to be durable"))
  }

  private static func age(of taken: TimeSpan, _ timer: any BootTimer) -> TimeSpan {
    timer.sinceBoot.subtracting(taken) ?? .longest
  }

  private func unsent(without error: TimerUnavailable) -> ServiceError {
    ServiceError(
      .neverSent, action: ServiceRequest.launch(launch.operation, on: launch.date).action,
      message:
        "the system gives no timer that would end this process if it slept before its request left (\(error.reason))")
  }

  private func record(_ stamp: Stamp) async throws(SafeLaunch.Refusal) {
    let intent = EffectIntent.launch(launch.operation, on: launch.date, baseline: baseline, at: stamp.at)
    try await launch.journaling { () async throws(JournalError) in
      try await self.launch.effects.journal.intend(intent, at: self.launch.site, settlesAt: stamp.settlesAt)
    }
    let isFirst = state.withLock { state in
      state.last = stamp
      defer { state.first = state.first ?? stamp.at }
      return state.first == nil
    }
    if isFirst { launch.tell(.launching(launch.operation, on: launch.date)) }
  }
}
