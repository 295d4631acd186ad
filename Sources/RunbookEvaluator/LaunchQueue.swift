import Foundation
public import TailerAPI

/// Lets one launch of an operation at a time be between its intent and its outcome, within a process. Others wait in the
/// order in which they came.
public final class LaunchQueue: @unchecked Sendable {
  // The lock guards all below it.
  private let lock = NSLock()
  private var holders: [DataOperation: EffectKey] = [:]
  private var waiting:
    [DataOperation: [(ticket: Int, key: EffectKey, continuation: CheckedContinuation<Bool, Never>)]] = [:]
  private var lastTicket = 0

  public init() {}

  /// Returns once the operation is this effect's. Throws `.cancelled` as soon as the task is cancelled.
  public func enter(_ operation: DataOperation, for key: EffectKey) async throws(JournalError) {
    let ticket = lock.withLock {
      lastTicket += 1
      return lastTicket
    }
    let isMine = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let answer: Bool? = lock.withLock {
          if Task.isCancelled { return false }
          if holders[operation] == nil {
            holders[operation] = key
            return true
          }
          waiting[operation, default: []].append((ticket, key, continuation))
          return nil
        }
        if let answer { continuation.resume(returning: answer) }
      }
    } onCancel: {
      let waiter = lock.withLock {
        let index = waiting[operation]?.firstIndex { $0.ticket == ticket }
        return index.flatMap { waiting[operation]?.remove(at: $0) }
      }
      waiter?.continuation.resume(returning: false)
    }
    guard isMine else { throw .cancelled }
  }

  public func leave(_ operation: DataOperation, for key: EffectKey) {
    let next = lock.withLock { () -> CheckedContinuation<Bool, Never>? in
      guard holders[operation] == key else { return nil }
      holders[operation] = nil
      guard waiting[operation]?.isEmpty == false, let next = waiting[operation]?.removeFirst() else { return nil }
      holders[operation] = next.key
      return next.continuation
    }
    next?.resume(returning: true)
  }
}
