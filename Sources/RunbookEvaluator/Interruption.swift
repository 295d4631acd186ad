import CivilTime
import Foundation
import Synchronization
import TailerAPI

/// The request to stop waiting: Ctrl-C, a signal, a closed terminal. Raised once for an execution, seen by every branch.
///
/// It is no task cancellation, for `finally` blocks have to wait and send after it.
public final class Interruption: @unchecked Sendable {
  // The lock guards all three.
  private let lock = NSLock()
  private var isRaisedNow = false
  private var listeners: [Int: @Sendable () -> Void] = [:]
  private var lastListener = 0

  public init() {}

  public var isRaised: Bool { lock.withLock { isRaisedNow } }

  public func raise() {
    let listening = lock.withLock {
      isRaisedNow = true
      defer { listeners = [:] }
      return listeners
    }
    for (_, listener) in listening.sorted(by: { $0.key < $1.key }) { listener() }
  }

  /// Ready for the prompt's next entry.
  public func clear() { lock.withLock { isRaisedNow = false } }

  /// Calls the listener once it is raised, at once where it is. Must not block.
  ///
  /// - Returns: The number by which the listener is forgotten.
  func listen(_ listener: @escaping @Sendable () -> Void) -> Int {
    let (number, isOver) = lock.withLock {
      lastListener += 1
      if !isRaisedNow { listeners[lastListener] = listener }
      return (lastListener, isRaisedNow)
    }
    if isOver { listener() }
    return number
  }

  func forget(_ number: Int?) {
    guard let number else { return }
    lock.withLock { _ = listeners.removeValue(forKey: number) }
  }

  /// Returns once it is raised or the task is cancelled.
  public func raised() async {
    let bell = Bell()
    let number = listen { bell.ring() }
    _ = await withTaskCancellationHandler {
      await bell.rung()
    } onCancel: {
      bell.ring()
    }
    forget(number)
  }

  /// How long a request that changes the platform may still be answered once the interruption has come.
  private static let farewell = TimeSpan.seconds(5)

  /// What `body` gives, or `nil` where the interruption came first and `body`, being cancelled, gave up.
  ///
  /// - Parameter clock: Measures the time that `body` is still given; without one it is cancelled at once.
  func racing<T: Sendable, E: Error>(
    farewellOn clock: (any WallClock)? = nil, _ body: @escaping @Sendable () async throws(E) -> T
  ) async -> Result<T, E>? {
    await withTaskGroup(of: Result<T, E>?.self) { group in
      // This task waits for whichever comes first, so that no other one has to wait for the interruption.
      let bell = Bell()
      group.addTask {
        defer { bell.ring(by: .body) }
        return await Result(of: body)
      }
      let number = listen { bell.ring() }
      let ringer = await bell.rung()
      forget(number)
      if ringer == .body { return await group.next() ?? nil }
      if let clock {
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

/// Wakes one task, once; whoever rings first is the one that it hears of.
private final class Bell: Sendable {
  enum Ringer: Sendable { case body, other }

  private struct State {
    var ringer: Ringer?
    var sleeper: CheckedContinuation<Void, Never>?
  }

  private let state = Mutex(State())

  func ring(by ringer: Ringer = .other) {
    state.withLock { state in
      state.ringer = state.ringer ?? ringer
      return state.sleeper.take()
    }?.resume()
  }

  func rung() async -> Ringer {
    await withCheckedContinuation { continuation in
      let isRung = state.withLock { state in
        if state.ringer == nil { state.sleeper = continuation }
        return state.ringer != nil
      }
      if isRung { continuation.resume() }
    }
    return state.withLock { $0.ringer ?? .other }
  }
}
