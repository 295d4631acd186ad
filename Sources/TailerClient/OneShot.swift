import NIOConcurrencyHelpers

/// A value that one task waits for and another brings, once. The wait ends early by cancellation.
final class OneShot<Value: Sendable>: Sendable {
  private enum State {
    case empty
    case awaited(CheckedContinuation<Value?, Never>)
    case brought(Value)
    case over
  }

  private let state = NIOLockedValueBox(State.empty)

  /// Brings the value; `false` where nobody will take it any more.
  @discardableResult
  func bring(_ value: Value) -> Bool {
    let (taken, continuation) = state.withLockedValue { state -> (Bool, CheckedContinuation<Value?, Never>?) in
      switch state {
      case .empty:
        state = .brought(value)
        return (true, nil)
      case .awaited(let continuation):
        state = .over
        return (true, continuation)
      case .brought, .over:
        return (false, nil)
      }
    }
    continuation?.resume(returning: value)
    return taken
  }

  /// The value once it is there; `nil` if the task is cancelled first. To be called once.
  func value() async -> Value? {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let result: Value?? = state.withLockedValue { state in
          switch state {
          case .empty:
            state = .awaited(continuation)
            return nil
          case .brought(let value):
            state = .over
            return .some(value)
          case .awaited, .over:
            return .some(nil)
          }
        }
        if let result { continuation.resume(returning: result) }
      }
    } onCancel: {
      let continuation = state.withLockedValue { state -> CheckedContinuation<Value?, Never>? in
        defer { if case .brought = state {} else { state = .over } }
        if case .awaited(let continuation) = state { return continuation }
        return nil
      }
      continuation?.resume(returning: nil)
    }
  }
}
