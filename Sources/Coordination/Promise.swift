/// A value that is brought once, and that any number of tasks wait for. This is the one way to wait and to wake; what waits
/// differently is built on it.
public final class Promise<Value: Sendable>: Sendable {
  private typealias Waiter = CheckedContinuation<Value?, Never>

  private struct State {
    var value: Value?
    var waiters: [(number: Int, waiter: Waiter)] = []
    var lastNumber = 0
  }

  private let state = Guarded(State())

  public init() {}

  /// Brings the value and wakes those who wait, in the order in which they came. Only the first value counts.
  public func fulfill(_ value: Value) {
    let woken = state.withLock { state in
      guard state.value == nil else { return [] as [(number: Int, waiter: Waiter)] }
      state.value = value
      defer { state.waiters = [] }
      return state.waiters
    }
    for (_, waiter) in woken { waiter.resume(returning: value) }
  }

  /// The value once it is there; `nil` where the task is cancelled first. A value that is there already is given to a
  /// cancelled task too.
  public func value() async -> Value? {
    let number = state.withLock { state in
      state.lastNumber += 1
      return state.lastNumber
    }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { waiter in
        let (value, isOver) = state.withLock { state in
          // A cancellation from here on finds the waiter, since its handler needs the lock.
          let isOver = state.value != nil || Task.isCancelled
          if !isOver { state.waiters.append((number, waiter)) }
          return (state.value, isOver)
        }
        if isOver { waiter.resume(returning: value) }
      }
    } onCancel: {
      let cancelled = state.withLock { state in
        state.waiters.firstIndex { $0.number == number }.map { state.waiters.remove(at: $0).waiter }
      }
      cancelled?.resume(returning: nil)
    }
  }
}
