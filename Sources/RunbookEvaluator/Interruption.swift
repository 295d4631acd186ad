import CivilTime
import Coordination
public import TailerAPI

/// The request to stop waiting. Raised for an execution, seen by every branch.
///
/// It is a person's or a machine's. A person's stops the waiting, and lets a `finally` undo what has to be undone; a second
/// one leaves that too. A machine's, a signal or a terminal that is gone, stops the execution where it is: no `finally`
/// begins, and one that runs stops as well. It is no task cancellation, for a `finally` has to wait and send after it.
public final class Interruption: Sendable {
  public enum Cause: Hashable, Sendable {
    case person
    /// With the number of the signal.
    case machine(Int32)
  }

  private struct Listener {
    let isInFinally: Bool
    let hear: @Sendable () -> Void
  }

  private struct State {
    var cause: Cause?
    var stopsFinally = false
    var listeners: [Int: Listener] = [:]
    var lastListener = 0
  }

  private let state = Guarded(State())

  public init() {}

  /// Why it was raised; `nil` where it was not.
  public var cause: Cause? { state.withLock { $0.cause } }
  public var isRaised: Bool { cause != nil }
  /// Whether it stops a `finally` too, and keeps one from beginning.
  public var stopsFinally: Bool { state.withLock { $0.stopsFinally } }

  func isRaised(inFinally: Bool) -> Bool { state.withLock { inFinally ? $0.stopsFinally : $0.cause != nil } }

  public func raise(_ cause: Cause = .person) {
    let listening = state.withLock { state -> [(key: Int, value: Listener)] in
      if cause != .person || state.cause != nil { state.stopsFinally = true }
      if cause != .person || state.cause == nil { state.cause = cause }
      let listening = state.listeners.filter { state.stopsFinally || !$0.value.isInFinally }
      for number in listening.keys { state.listeners[number] = nil }
      return listening.sorted { $0.key < $1.key }
    }
    for listener in listening { listener.value.hear() }
  }

  /// Ready for the prompt's next entry.
  public func clear() {
    state.withLock { state in
      state.cause = nil
      state.stopsFinally = false
    }
  }

  /// Calls the listener once it is raised, at once where it is. Must not block.
  ///
  /// - Parameter isInFinally: Whether only what stops a `finally` too is heard.
  /// - Returns: The number by which the listener is forgotten.
  func listen(inFinally isInFinally: Bool = false, _ listener: @escaping @Sendable () -> Void) -> Int {
    let (number, isOver) = state.withLock { state in
      state.lastListener += 1
      let isOver = isInFinally ? state.stopsFinally : state.cause != nil
      if !isOver { state.listeners[state.lastListener] = Listener(isInFinally: isInFinally, hear: listener) }
      return (state.lastListener, isOver)
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

  /// What `body` gives, or `nil` where the interruption came first and `body`, being cancelled, gave up. What it gave in spite
  /// of the interruption counts: it was already here.
  ///
  /// - Parameters:
  ///   - inFinally: Whether only what stops a `finally` too counts.
  ///   - clock: Carries `body` out where it is a task executor, as virtual time is.
  ///   - isWorthWaiting: Whether `body` has begun with what it is still given a little time for; without it, it is cancelled at
  ///     once.
  func racing<T: Sendable, E: Error>(
    inFinally: Bool = false, on clock: any WallClock, farewellIf isWorthWaiting: (@Sendable () -> Bool)? = nil,
    _ body: @escaping @Sendable () async throws(E) -> T
  ) async -> Result<T, E>? {
    let executor = clock as? any TaskExecutor
    let carrying = Task(executorPreference: executor) { await Result(of: body) }
    let farewell = Farewell()
    let number = listen(inFinally: inFinally) {
      guard let isWorthWaiting, isWorthWaiting() else { return farewell.isOver(cancelling: carrying) }
      farewell.begin(on: executor) {
        if (try? await clock.sleep(for: Self.farewell)) != nil { farewell.isOver(cancelling: carrying) }
      }
    }
    let result = await withTaskCancellationHandler {
      await carrying.value
    } onCancel: {
      carrying.cancel()
    }
    forget(number)
    let isCutOff = farewell.end()
    if case .failure = result, isCutOff { return nil }
    return result
  }

  /// What `body` gives, once; when the interruption comes first, `body` is cancelled and has to come to its end by
  /// itself.
  public func cancelling<T: Sendable>(
    on clock: any WallClock, _ body: @escaping @Sendable () async -> T
  ) async -> T {
    let carrying = Task(executorPreference: clock as? any TaskExecutor) { await body() }
    let number = listen { carrying.cancel() }
    defer { forget(number) }
    return await carrying.value
  }
}

/// The time that is left to something under way once an interruption has come.
private final class Farewell: Sendable {
  private struct State {
    var sleeper: Task<Void, Never>?
    var isOver = false
  }

  private let state = Guarded(State())

  func begin(on executor: (any TaskExecutor)?, _ sleeping: @escaping @Sendable () async -> Void) {
    state.withLock { $0.sleeper = Task(executorPreference: executor) { await sleeping() } }
  }

  func isOver<T>(cancelling carrying: Task<T, Never>) {
    state.withLock { $0.isOver = true }
    carrying.cancel()
  }

  /// Whether it was over already.
  func end() -> Bool {
    state.withLock { state in
      state.sleeper?.cancel()
      return state.isOver
    }
  }
}
