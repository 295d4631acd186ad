public import CivilTime

/// A request on the wire, less its method, which is always POST.
public struct HTTPRequest: Hashable, Sendable {
  /// Below the base address, starting with `/`.
  public var path: String
  /// Names in lower case.
  public var headers: [String: String]
  public var body: [UInt8]

  public init(path: String, headers: [String: String] = [:], body: [UInt8] = []) {
    self.path = path
    self.headers = headers
    self.body = body
  }
}

public struct HTTPReply: Hashable, Sendable {
  public var status: Int
  /// Names in lower case.
  public var headers: [String: String]
  public var body: [UInt8]

  public init(status: Int, headers: [String: String] = [:], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }
}

/// Why there was no whole reply, and what matters about it: whether a byte of the request can have left, and whether the same
/// would come of it again.
public enum TransportError: Error, Hashable, Sendable {
  /// Failed before a byte of the request left.
  case neverSent(String, isLasting: Bool = false)
  /// Failed after one may have left, the deadline included.
  case fateUnknown(String, isLasting: Bool = false)
  /// The task was cancelled. Whether a byte left is not known.
  case cancelled
}

/// When a request has to leave, and who is told that it has.
public struct Departure: Sendable {
  /// How long it may take until the request has been handed to the system; one that takes longer is given up.
  public let limit: TimeSpan
  /// Called when it has been, on any thread. Must not block.
  public let left: @Sendable () -> Void

  public init(within limit: TimeSpan, left: @escaping @Sendable () -> Void) {
    self.limit = limit
    self.left = left
  }
}

/// One exchange with a host. The real one is a connection pool, the other is the simulator without the socket.
public protocol HTTPTransport: Sendable {
  /// - Parameter departure: `nil` for a request that may leave whenever it can.
  func send(
    _ request: HTTPRequest, within limit: TimeSpan, departure: Departure?
  ) async throws(TransportError) -> HTTPReply
}

extension HTTPTransport {
  public func send(_ request: HTTPRequest, within limit: TimeSpan) async throws(TransportError) -> HTTPReply {
    try await send(request, within: limit, departure: nil)
  }
}
