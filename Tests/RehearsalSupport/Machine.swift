public import CivilTime
public import TailerAPI
public import TailerSimulator

/// The machine that a process runs on, as its clock and its connections: its time of day may be wrong, and it may be
/// suspended for a while, in which nothing of the process goes on and the world does.
public final class Machine: WallClock, TaskExecutor, Sendable {
  private let time: VirtualTime
  private let offset: TimeSpan
  private let suspension: Range<Timestamp>?
  private let losesConnections: Bool

  /// - Parameters:
  ///   - offset: How far its time of day is ahead of the service's.
  ///   - suspension: When it is suspended, by the service's clock.
  ///   - losesConnections: Whether what was under way when it was suspended is lost; else a reply that came meanwhile is
  ///     there afterwards.
  public init(
    in time: VirtualTime, offset: TimeSpan = .zero, suspension: Range<Timestamp>? = nil, losesConnections: Bool = false
  ) {
    self.time = time
    self.offset = offset
    self.suspension = suspension
    self.losesConnections = losesConnections
  }

  public var now: Timestamp { time.now.advanced(by: offset) }

  public func sleep(for span: TimeSpan) async throws(CancellationError) {
    try await time.sleep(for: span)
    try await wake()
  }

  public func enqueue(_ job: consuming ExecutorJob) { time.enqueue(job) }

  /// Waits until it is no longer suspended.
  private func wake() async throws(CancellationError) {
    guard let suspension, suspension.contains(time.now) else { return }
    try await time.sleep(for: suspension.upperBound.since(time.now))
  }

  func network(_ transport: any HTTPTransport) -> any HTTPTransport { Network(machine: self, transport: transport) }

  private struct Network: HTTPTransport {
    let machine: Machine
    let transport: any HTTPTransport

    func send(
      _ request: HTTPRequest, within limit: TimeSpan, departure: Departure?
    ) async throws(TransportError) -> HTTPReply {
      do { try await machine.wake() } catch { throw .cancelled }
      let sentAt = machine.time.now
      let reply: Result<HTTPReply, TransportError>
      do throws(TransportError) {
        reply = .success(try await transport.send(request, within: limit, departure: departure))
      } catch {
        reply = .failure(error)
      }
      do { try await machine.wake() } catch { throw .cancelled }
      if machine.losesConnections, let suspension = machine.suspension, sentAt < suspension.lowerBound,
        machine.time.now >= suspension.lowerBound
      {
        throw .fateUnknown("the connection was lost")
      }
      return try reply.get()
    }
  }
}
