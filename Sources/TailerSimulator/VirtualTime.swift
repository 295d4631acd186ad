public import CivilTime
import Coordination
import DequeModule
public import TailerAPI

import class Foundation.NSCondition
import class Foundation.Thread
import func Glibc.pthread_equal
import func Glibc.pthread_self
import struct Glibc.pthread_t

/// A clock on which nothing but waiting takes time, and the executor that makes it so: a day of waiting is over at
/// once, and the same program takes the same steps every time.
///
/// `run` carries out a body on the calling thread. Its jobs are taken in the order they became ready. When none is
/// ready, the clock moves to the moment of the earliest sleeper and wakes that one; of several at one moment, the one
/// that went to sleep first.
///
/// Child tasks (`async let`, task groups) and default actors follow the body onto this executor. An unstructured
/// `Task { }` does not: start it with `Task(executorPreference:)`, or the clock cannot know that it is busy. Work that
/// must leave the executor (a person, a file, another actor's executor) is wrapped in `holding`, which keeps the clock
/// still until it is back.
public final class VirtualTime: WallClock, TaskExecutor, @unchecked Sendable {
  /// What happens when nothing is ready, nobody sleeps and the body has not ended.
  public enum Idle: Hashable, Sendable {
    /// The body is cancelled; `run` throws `Deadlock`.
    case reportDeadlock
    /// The thread waits for jobs that other threads bring, however long that takes.
    case waitForOthers
  }

  /// Nothing could go on, and nobody was expected to bring anything.
  public struct Deadlock: Error, Hashable, Sendable {
    /// What the clock showed.
    public let moment: Timestamp

    public init(moment: Timestamp) { self.moment = moment }
  }

  /// The clock is already being run by another call.
  public struct AlreadyRunning: Error, Hashable, Sendable {}

  private let condition = NSCondition()
  private let idle: Idle
  private var moment: Timestamp
  private var ready: Deque<UnownedJob> = []
  private var interleaving: SeededGenerator?
  private var alarms = MomentQueue<Int>()
  private var sleepers: [Int: Promise<Void>] = [:]
  private var lastSleeper = 0
  private var holds = 0
  private var runner: pthread_t?

  /// - Parameters:
  ///   - interleaving: a seed. With one, each step takes any of the ready jobs, drawn from the seed, so that tests can
  ///     look for orders that break something and come back to them.
  public init(startingAt moment: Timestamp, whenIdle idle: Idle = .reportDeadlock, interleaving: UInt64? = nil) {
    self.moment = moment
    self.idle = idle
    self.interleaving = interleaving.map(SeededGenerator.init(seed:))
  }

  public var now: Timestamp { locked { moment } }

  /// A moment beyond the end of the calendar never comes: such a sleep ends by cancellation only.
  public func sleep(for span: TimeSpan) async throws(CancellationError) {
    if Task.isCancelled { throw CancellationError() }
    guard span > .zero else { return }
    assert(
      idle == .waitForOthers || isOnRunner, "The clock cannot know when a task elsewhere is busy, and would run ahead.")
    let end = Promise<Void>()
    let sleeper = locked {
      lastSleeper += 1
      sleepers[lastSleeper] = end
      if let due = moment.adding(span) { alarms.add(lastSleeper, at: due) }
      condition.signal()
      return lastSleeper
    }
    guard await end.value() != nil else {
      // It is ready, so the clock stands still until here.
      locked { sleepers[sleeper] = nil }
      throw CancellationError()
    }
  }

  /// Whether this is the thread that carries the body out, as far as one does.
  private var isOnRunner: Bool { locked { runner.map { pthread_equal($0, pthread_self()) != 0 } ?? true } }

  /// Keeps the clock still until the work, which other threads do, is done.
  public func holding<Result>(
    isolation: isolated (any Actor)? = #isolation, _ work: () async throws -> Result
  ) async rethrows -> Result {
    locked { holds += 1 }
    defer {
      locked {
        holds -= 1
        condition.signal()
      }
    }
    return try await work()
  }

  public func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    locked {
      ready.append(job)
      condition.signal()
    }
  }

  /// Carries out the body on the calling thread and gives what it gives. What the body started and did not wait for
  /// stands still from then on. Throws what the body throws, `Deadlock` or `AlreadyRunning`.
  public func run<Success: Sendable>(_ body: @escaping @Sendable () async throws -> Success) throws -> Success {
    try run(body, onStart: { _ in })
  }

  /// The same for callers that are asynchronous themselves: the body is carried out on a thread of its own. Cancelling
  /// the caller cancels the body.
  public func drive<Success: Sendable>(
    _ body: @escaping @Sendable () async throws -> Success
  ) async throws -> Success {
    let started = Guarded<(task: Task<Void, Never>?, isCancelled: Bool)>((nil, false))
    let end = Promise<Result<Success, any Error>>()
    let thread = Thread {
      end.fulfill(
        Result {
          try self.run(body) { task in
            let isCancelled = started.withLock {
              $0.task = task
              return $0.isCancelled
            }
            if isCancelled { task.cancel() }
          }
        })
    }
    thread.stackSize = 16 << 20
    thread.start()
    return try await withTaskCancellationHandler {
      // A task of its own waits, since the body comes to its end also where the caller is cancelled.
      let result = await Task { await end.value() }.value
      return try (result ?? .failure(CancellationError())).get()
    } onCancel: {
      let task = started.withLock {
        $0.isCancelled = true
        return $0.task
      }
      task?.cancel()
    }
  }

  private func run<Success: Sendable>(
    _ body: @escaping @Sendable () async throws -> Success, onStart: (Task<Void, Never>) -> Void
  ) throws -> Success {
    let isFirst = locked {
      guard runner == nil else { return false }
      runner = pthread_self()
      return true
    }
    guard isFirst else { throw AlreadyRunning() }
    defer { locked { runner = nil } }

    let outcome = Guarded<Result<Success, any Error>?>(nil)
    let task = Task(executorPreference: self) {
      let result: Result<Success, any Error>
      do { result = .success(try await body()) } catch { result = .failure(error) }
      outcome.withLock { $0 = result }
    }
    onStart(task)
    var deadlock: Deadlock?
    while true {
      if let result = outcome.withLock({ $0 }) {
        if let deadlock { throw deadlock }
        return try result.get()
      }
      if let job = nextJob() {
        job.runSynchronously(on: asUnownedTaskExecutor())
      } else if let deadlock {
        throw deadlock
      } else {
        deadlock = Deadlock(moment: now)
        task.cancel()
      }
    }
  }

  /// The next job, after moving the clock or waiting where that is what brings one; `nil` for a deadlock.
  private func nextJob() -> UnownedJob? {
    condition.lock()
    defer { condition.unlock() }
    while true {
      if let job = nextReady() { return job }
      if holds == 0, let alarm = alarms.next() {
        guard let sleeper = sleepers.removeValue(forKey: alarm.element) else { continue }
        moment = max(moment, alarm.moment)
        condition.unlock()
        sleeper.fulfill(())
        condition.lock()
      } else if holds > 0 || idle == .waitForOthers {
        condition.wait()
      } else {
        return nil
      }
    }
  }

  /// First in, first out, unless a generator draws.
  private func nextReady() -> UnownedJob? {
    if var drawing = interleaving, !ready.isEmpty {
      ready.swapAt(0, Int.random(in: 0..<ready.count, using: &drawing))
      interleaving = drawing
    }
    return ready.popFirst()
  }

  private func locked<Result>(_ body: () throws -> Result) rethrows -> Result {
    condition.lock()
    defer { condition.unlock() }
    return try body()
  }
}
