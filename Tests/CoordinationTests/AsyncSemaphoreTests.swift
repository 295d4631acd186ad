import Coordination
import Testing

@Suite(.timeLimit(.minutes(1))) struct AsyncSemaphoreTests {
  @Test func noMoreThanThePlacesAreTaken() async {
    let semaphore = AsyncSemaphore(3)
    let inside = Guarded<(now: Int, most: Int)>((0, 0))
    await withTaskGroup { group in
      for _ in 0..<200 {
        group.addTask {
          await semaphore.inside {
            inside.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
            for _ in 0..<20 { await Task.yield() }
            inside.withLock { $0.now -= 1 }
          }
        }
      }
    }
    #expect(inside.withLock { $0.most } == 3)
  }

  @Test func turnsAreInTheOrderOfComing() async {
    let semaphore = AsyncSemaphore(1)
    let line = Line()
    let order = Guarded<[Int]>([])
    #expect(await semaphore.wait())
    await withTaskGroup { group in
      for number in 0..<50 {
        group.addTask(executorPreference: line) {
          _ = await semaphore.inside { order.withLock { $0.append(number) } }
        }
      }
      group.addTask(executorPreference: line) { semaphore.signal() }
    }
    #expect(order.withLock { $0 } == Array(0..<50))
  }

  @Test func theCancelledTakeNoPlace() async {
    let semaphore = AsyncSemaphore(1)
    let line = Line()
    #expect(await semaphore.wait())
    let leaving = Task(executorPreference: line) { await semaphore.wait() }
    let staying = Task(executorPreference: line) { await semaphore.wait() }
    await Task(executorPreference: line) { leaving.cancel() }.value
    #expect(await !leaving.value)
    semaphore.signal()
    #expect(await staying.value)
    let late = Task {
      _ = await Promise<Void>().value()
      return await semaphore.wait()
    }
    late.cancel()
    #expect(await !late.value)
    semaphore.signal()
    #expect(await semaphore.wait())
  }

  /// The place is signalled before the cancelled one has gone on, so that it is given to it and has to be passed on.
  @Test func aPlaceThatComesWithTheCancellationIsPassedOn() async {
    let semaphore = AsyncSemaphore(1)
    let line = Line()
    #expect(await semaphore.wait())
    let leaving = Task(executorPreference: line) { await semaphore.wait() }
    let staying = Task(executorPreference: line) { await semaphore.wait() }
    await Task(executorPreference: line) {
      leaving.cancel()
      semaphore.signal()
    }.value
    #expect(await !leaving.value)
    #expect(await staying.value)
  }

  @Test func noPlaceIsLostWhereManyAreCancelled() async {
    let semaphore = AsyncSemaphore(2)
    for _ in 0..<200 {
      let tasks = (0..<6).map { _ in Task { await semaphore.inside { await Task.yield() } != nil } }
      for task in tasks.dropFirst(2) { task.cancel() }
      for task in tasks { _ = await task.value }
    }
    #expect(await semaphore.wait())
    #expect(await semaphore.wait())
    let third = Task { await semaphore.wait() }
    third.cancel()
    #expect(await !third.value)
  }
}
