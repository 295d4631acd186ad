import CivilTime
import Coordination
import TailerAPI

/// Reads that several ask for at the same time, made once.
///
/// A read that is under way answers whoever asks for the same, if who asked first wanted to know from no earlier a moment
/// on: nobody is told what was before its turn. Who asks may give up; the read goes on for the others, and
/// ends when nobody is left.
final class SharedReads: Sendable {
  typealias Reply = Result<[Run], ServiceError>

  private struct Reading {
    let request: ServiceRequest
    /// What it tells was then or later. It may be older than the read, which can be a look's that was under way.
    let since: Timestamp
    let reply: Promise<Reply>
    let task: Task<Void, Never>
    /// How many wait for it.
    var askers = 0
  }

  private struct State {
    var lastNumber = 0
    var readings: [Int: Reading] = [:]
    /// The youngest reading of each request.
    var latest: [ServiceRequest: Int] = [:]

    mutating func remove(_ number: Int) -> Reading? {
      guard let reading = readings.removeValue(forKey: number) else { return nil }
      if latest[reading.request] == number { latest[reading.request] = nil }
      return reading
    }
  }

  private let clock: any WallClock
  private let executor: (any TaskExecutor)?
  private let state = Guarded(State())

  init(clock: any WallClock) {
    self.clock = clock
    executor = clock as? any TaskExecutor
  }

  /// What the request gives, asked no earlier than `moment`; `nil` where nothing has come by the limit.
  func reply(
    to request: ServiceRequest, since moment: Timestamp, by limit: Timestamp,
    _ ask: @escaping @Sendable () async throws(ServiceError) -> [Run]
  ) async throws(ServiceError) -> [Run]? {
    let (number, reply) = join(request, since: moment, ask)
    defer { leave(number) }
    if let reply = await reply.value(by: limit, on: clock) { return try reply.get() }
    guard !Task.isCancelled else {
      throw ServiceError(.cancelled, action: request.action, message: "cancelled")
    }
    return nil
  }

  private func join(
    _ request: ServiceRequest, since moment: Timestamp,
    _ ask: @escaping @Sendable () async throws(ServiceError) -> [Run]
  ) -> (reading: Int, reply: Promise<Reply>) {
    state.withLock { state in
      if let latest = state.latest[request], let reading = state.readings[latest], reading.since >= moment {
        state.readings[latest]?.askers += 1
        return (latest, reading.reply)
      }
      state.lastNumber += 1
      let number = state.lastNumber
      let reply = Promise<Reply>()
      let task = Task(executorPreference: executor) {
        let result: Reply
        do throws(ServiceError) { result = .success(try await ask()) } catch { result = .failure(error) }
        _ = self.state.withLock { $0.remove(number) }
        reply.fulfill(result)
      }
      state.readings[number] = Reading(
        request: request, since: min(moment, clock.now), reply: reply, task: task, askers: 1)
      state.latest[request] = number
      return (number, reply)
    }
  }

  private func leave(_ number: Int) {
    let unwanted = state.withLock { state -> Task<Void, Never>? in
      state.readings[number]?.askers -= 1
      return state.readings[number]?.askers == 0 ? state.remove(number)?.task : nil
    }
    unwanted?.cancel()
  }
}
