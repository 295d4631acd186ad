import Coordination
import Testing

@Suite(.timeLimit(.minutes(1))) struct PromiseTests {
  @Test func whatIsThereIsGivenAtOnceAndStays() async {
    let promise = Promise<Int>()
    promise.fulfill(1)
    promise.fulfill(2)
    #expect(await promise.value() == 1)
    #expect(await promise.value() == 1)
  }

  @Test func allWaitersAreWokenInTheOrderInWhichTheyCame() async {
    let promise = Promise<Int>()
    let line = Line()
    let order = Guarded<[Int]>([])
    await withTaskGroup { group in
      for number in 0..<50 {
        group.addTask(executorPreference: line) {
          let value = await promise.value()
          order.withLock { $0.append(number + (value ?? -1000)) }
        }
      }
      // It stands behind them in the line.
      group.addTask(executorPreference: line) { promise.fulfill(100) }
    }
    #expect(order.withLock { $0 } == Array(100..<150))
  }

  @Test func cancelledBeforeItWaits() async {
    let promise = Promise<Int>()
    let waiting = Task {
      // It waits only once it is cancelled.
      let cancelled = Promise<Void>()
      _ = await cancelled.value()
      return await promise.value()
    }
    waiting.cancel()
    #expect(await waiting.value == nil)
    promise.fulfill(1)
    #expect(await promise.value() == 1)
  }

  @Test func whatIsThereIsGivenToTheCancelledToo() async {
    let promise = Promise<Int>()
    promise.fulfill(1)
    let waiting = Task {
      _ = await Promise<Void>().value()
      return await promise.value()
    }
    waiting.cancel()
    #expect(await waiting.value == 1)
  }

  @Test func cancelledWhileItWaits() async {
    let promise = Promise<Int>()
    let line = Line()
    let first = Task(executorPreference: line) { await promise.value() }
    let second = Task(executorPreference: line) { await promise.value() }
    await Task(executorPreference: line) { first.cancel() }.value
    #expect(await first.value == nil)
    promise.fulfill(1)
    #expect(await second.value == 1)
  }

  @Test func cancelledAfterIt() async {
    let promise = Promise<Int>()
    let line = Line()
    let waiting = Task(executorPreference: line) { await promise.value() }
    await Task(executorPreference: line) {
      promise.fulfill(1)
      waiting.cancel()
    }.value
    #expect(await waiting.value == 1)
  }

  /// Whichever comes first, each waiter is woken once, with the value or without.
  @Test func cancellationAndValueAtTheSameTime() async {
    for _ in 0..<2000 {
      let promise = Promise<Int>()
      let waiters = (0..<3).map { _ in Task { await promise.value() } }
      async let fulfilled: Void = Task { promise.fulfill(1) }.value
      waiters[1].cancel()
      await fulfilled
      #expect(await waiters[0].value == 1)
      #expect(await [nil, 1].contains(waiters[1].value))
      #expect(await waiters[2].value == 1)
    }
  }
}

@Suite struct GuardedTests {
  @Test func noChangeIsLost() async {
    let count = Guarded(0)
    await withTaskGroup { group in
      for _ in 0..<8 {
        group.addTask { for _ in 0..<1000 { count.withLock { $0 += 1 } } }
      }
    }
    #expect(count.withLock { $0 } == 8000)
  }

  @Test func whatABodyThrowsIsThrownAndTheLockIsFree() {
    struct Refused: Error {}
    let count = Guarded(0)
    #expect(throws: Refused.self) {
      try count.withLock { count throws(Refused) in
        count = 1
        throw Refused()
      }
    }
    #expect(count.withLock { $0 } == 1)
  }
}
