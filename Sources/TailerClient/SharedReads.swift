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

  private enum Answer {
    case reply(Reply)
    case timeIsUp
  }

  private struct Reading {
    let request: ServiceRequest
    /// What it tells was then or later. It may be older than the read, which can be a look's that was under way.
    let since: Timestamp
    /// Who waits for it, by their own numbers.
    var askers: [Int: Promise<Answer>]
    let task: Task<Void, Never>
  }

  private struct State {
    var lastNumber = 0
    var readings: [Int: Reading] = [:]
    /// The youngest reading of each request.
    var latest: [ServiceRequest: Int] = [:]

    mutating func nextNumber() -> Int {
      lastNumber += 1
      return lastNumber
    }

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
    let asker = Promise<Answer>()
    let place = join(asker, request, since: moment, ask)
    let timer = Task(executorPreference: executor) { [clock] in
      do { try await clock.sleep(until: limit) } catch { return }
      asker.fulfill(.timeIsUp)
    }
    defer { timer.cancel() }
    switch await asker.value() {
    case .reply(let reply):
      return try reply.get()
    case .timeIsUp:
      leave(place)
      return nil
    case nil:
      leave(place)
      throw ServiceError(.cancelled, action: request.action, message: "cancelled")
    }
  }

  private typealias Place = (reading: Int, asker: Int)

  private func join(
    _ asker: Promise<Answer>, _ request: ServiceRequest, since moment: Timestamp,
    _ ask: @escaping @Sendable () async throws(ServiceError) -> [Run]
  ) -> Place {
    state.withLock { state in
      let number = state.nextNumber()
      if let latest = state.latest[request], let reading = state.readings[latest], reading.since >= moment {
        state.readings[latest]?.askers[number] = asker
        return (latest, number)
      }
      let task = Task(executorPreference: executor) {
        let reply: Reply
        do throws(ServiceError) { reply = .success(try await ask()) } catch { reply = .failure(error) }
        let reading = self.state.withLock { $0.remove(number) }
        for (_, asker) in (reading?.askers ?? [:]).sorted(by: { $0.key < $1.key }) { asker.fulfill(.reply(reply)) }
      }
      state.readings[number] = Reading(
        request: request, since: min(moment, clock.now), askers: [number: asker], task: task)
      state.latest[request] = number
      return (number, number)
    }
  }

  private func leave(_ place: Place) {
    let unwanted = state.withLock { state -> Task<Void, Never>? in
      state.readings[place.reading]?.askers[place.asker] = nil
      guard state.readings[place.reading]?.askers.isEmpty == true else { return nil }
      return state.remove(place.reading)?.task
    }
    unwanted?.cancel()
  }
}
