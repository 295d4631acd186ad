import CivilTime
import Coordination
import TailerAPI

/// The request to stop waiting: Ctrl-C, a signal, a closed terminal. Raised once for an execution, seen by every branch.
///
/// It is no task cancellation, for `finally` blocks have to wait and send after it.
public final class Interruption: Sendable {
  private struct State {
    var isRaised = false
    var listeners: [Int: @Sendable () -> Void] = [:]
    var lastListener = 0
  }

  private let state = Guarded(State())

  public init() {}

  public var isRaised: Bool { state.withLock { $0.isRaised } }

  public func raise() {
    let listening = state.withLock { state in
      state.isRaised = true
      defer { state.listeners = [:] }
      return state.listeners
    }
    for (_, listener) in listening.sorted(by: { $0.key < $1.key }) { listener() }
  }

  /// Ready for the prompt's next entry.
  public func clear() { state.withLock { $0.isRaised = false } }

  /// Calls the listener once it is raised, at once where it is. Must not block.
  ///
  /// - Returns: The number by which the listener is forgotten.
  func listen(_ listener: @escaping @Sendable () -> Void) -> Int {
    let (number, isOver) = state.withLock { state in
      state.lastListener += 1
      if !state.isRaised { state.listeners[state.lastListener] = listener }
      return (state.lastListener, state.isRaised)
    }
    if isOver { listener() }
    return number
  }

  func forget(_ number: Int?) {
    guard let number else { return }
    state.withLock { $0.listeners[number] = nil }
  }

  /// Returns once it is raised or the task is cancelled.
  public func raised() async {
    let raised = Promise<Void>()
    let number = listen { raised.fulfill(()) }
    _ = await raised.value()
    forget(number)
  }

  /// How long a request that changes the platform may still be answered once the interruption has come.
  private static let farewell = TimeSpan.seconds(5)

  /// What `body` gives, or `nil` where the interruption came first and `body`, being cancelled, gave up.
  ///
  /// - Parameters:
  ///   - clock: Measures the time that `body` is still given; without one it is cancelled at once.
  ///   - isUnderWay: Whether `body` has begun with what it is given that time for.
  func racing<T: Sendable, E: Error>(
    farewellOn clock: (any WallClock)? = nil, if isUnderWay: @Sendable () -> Bool = { true },
    _ body: @escaping @Sendable () async throws(E) -> T
  ) async -> Result<T, E>? {
    await withTaskGroup(of: Result<T, E>?.self) { group in
      // This task waits for whichever comes first, so that no other one has to wait for the interruption.
      let isInterrupted = Promise<Bool>()
      group.addTask {
        defer { isInterrupted.fulfill(false) }
        return await Result(of: body)
      }
      let number = listen { isInterrupted.fulfill(true) }
      let cameFirst = await isInterrupted.value()
      forget(number)
      // With this task the body is cancelled, and comes to its end.
      guard cameFirst == true else { return await group.next() ?? nil }
      if let clock, isUnderWay() {
        group.addTask {
          try? await clock.sleep(for: Self.farewell)
          return nil
        }
        if let answer = await group.next() ?? nil {
          group.cancelAll()
          return answer
        }
      }
      // An answer that came in spite of the interruption counts: it was already here.
      group.cancelAll()
      while let late = await group.next() {
        if case .success(let value) = late { return .success(value) }
      }
      return nil
    }
  }

  /// What `body` gives, once; when the interruption comes first, `body` is cancelled and has to come to its end by
  /// itself.
  public func cancelling<T: Sendable>(_ body: @escaping @Sendable () async -> T) async -> T? {
    await withTaskGroup(of: T?.self) { group in
      group.addTask { await body() }
      group.addTask {
        await self.raised()
        return nil
      }
      var value: T?
      while let next = await group.next() {
        value = next ?? value
        group.cancelAll()
      }
      return value
    }
  }
}
