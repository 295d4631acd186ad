import CivilTime
import Foundation
import TailerAPI

/// The request to stop waiting: Ctrl-C, a signal, a closed terminal. Raised once for an execution, seen by every branch.
///
/// It is no task cancellation, for `finally` blocks have to wait and send after it.
public final class Interruption: @unchecked Sendable {
  // The lock guards all three.
  private let lock = NSLock()
  private var isRaisedNow = false
  private var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
  private var nextWaiter = 0

  public init() {}

  public var isRaised: Bool { lock.withLock { isRaisedNow } }

  public func raise() {
    let waiting = lock.withLock {
      isRaisedNow = true
      defer { waiters = [:] }
      return waiters
    }
    for (_, continuation) in waiting.sorted(by: { $0.key < $1.key }) { continuation.resume() }
  }

  /// Ready for the prompt's next entry.
  public func clear() { lock.withLock { isRaisedNow = false } }

  /// Returns once it is raised or the task is cancelled.
  public func raised() async {
    let number = lock.withLock {
      nextWaiter += 1
      return nextWaiter
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isOver = lock.withLock {
          if isRaisedNow || Task.isCancelled { return true }
          waiters[number] = continuation
          return false
        }
        if isOver { continuation.resume() }
      }
    } onCancel: {
      lock.withLock { waiters.removeValue(forKey: number) }?.resume()
    }
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
      group.addTask { await Result(of: body) }
      group.addTask {
        await self.raised()
        if let clock { try? await clock.sleep(for: Self.farewell) }
        return nil
      }
      let first = await group.next()
      group.cancelAll()
      // An answer that came in spite of the interruption counts: it was already here.
      if case .some(.none) = first {
        while let late = await group.next() {
          if case .success(let value) = late { return .success(value) }
        }
        return nil
      }
      return first ?? nil
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
