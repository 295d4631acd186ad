public import Foundation

/// A value that threads share: whoever reads or changes it holds its lock meanwhile. This is the one kind of lock here.
///
/// It is Foundation's, since the thread sanitizer does not understand `Synchronization.Mutex` and gives false alarms.
public final class Guarded<Value: Sendable>: @unchecked Sendable {
  @usableFromInline let lock = NSLock()
  @usableFromInline var value: Value

  public init(_ value: Value) { self.value = value }

  /// The body must not wait, and must not use the same value in another way.
  @inlinable
  public func withLock<Result, Failure: Error>(
    _ body: (inout Value) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    lock.lock()
    defer { lock.unlock() }
    return try body(&value)
  }
}
