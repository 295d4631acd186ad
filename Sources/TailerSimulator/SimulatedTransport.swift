public import CivilTime
public import TailerAPI

/// The simulator without the socket. A request arrives in the moment it is sent; its reply takes the latency and
/// whatever a fault adds. Past the limit, what became of the request is not known, as on a real connection.
public struct SimulatedTransport: HTTPTransport {
  public let simulator: Simulator
  private let clock: any WallClock
  private let latency: TimeSpan

  /// - Parameters:
  ///   - latency: how long an exchange takes, in the clock's time.
  public init(_ simulator: Simulator, clock: any WallClock, latency: TimeSpan = .milliseconds(20)) {
    self.simulator = simulator
    self.clock = clock
    self.latency = max(latency, .zero)
  }

  public func send(
    _ request: HTTPRequest, within limit: TimeSpan, departure: Departure?
  ) async throws(TransportError) -> HTTPReply {
    guard !Task.isCancelled else { throw .cancelled }
    let answer = simulator.handle(request, at: clock.now)
    departure?.left()
    let needed = latency.adding(answer.delay) ?? .longest
    do { try await clock.sleep(for: min(needed, limit)) } catch { throw .cancelled }
    guard needed <= limit else { throw .fateUnknown("no reply within \(limit)") }
    switch answer.fate {
    case .reply(let reply): return reply
    case .unreachable: throw .neverSent("connection refused")
    case .dropped: throw .fateUnknown("the connection was closed before the reply")
    }
  }
}
