import CivilTime
import HTTPTypes
import Hummingbird
import HummingbirdCore
import HummingbirdHTTP2
import Logging
import NIOCore
import NIOSSL
public import TailerAPI

/// The simulator as a real server on loopback: HTTP/1.1, or with a certificate TLS with HTTP/2 and HTTP/1.1 by ALPN.
///
/// Where a fault breaks the connection, the connection is closed, with all that is under way on it. A fault that keeps
/// a request from leaving cannot be had here, since the request has come: the connection is closed without an effect.
public struct SimulatorServer: Sendable {
  /// Files in PEM form.
  public struct Certificate: Hashable, Sendable {
    public var chain: String
    public var privateKey: String

    public init(chain: String, privateKey: String) {
      self.chain = chain
      self.privateKey = privateKey
    }
  }

  /// A request that was served, for a log.
  public struct Exchange: Hashable, Sendable {
    public enum HTTPVersion: String, Hashable, Sendable {
      case http1 = "HTTP/1.1"
      case http2 = "HTTP/2"
    }

    public let version: HTTPVersion
    public let path: String
    /// The reply's code; `nil` where the connection was closed instead.
    public let code: Int?
  }

  private let simulator: Simulator
  private let clock: any WallClock
  private let host: String
  private let port: Int
  private let certificate: Certificate?
  private let log: @Sendable (Exchange) -> Void

  /// - Parameters:
  ///   - clock: what the simulator takes for the time; see `ScaledClock`.
  ///   - host: a loopback address.
  ///   - port: 0 lets the system choose.
  ///   - log: hears of every exchange as it ends.
  public init(
    _ simulator: Simulator, clock: any WallClock, host: String = "127.0.0.1", port: Int = 0,
    certificate: Certificate? = nil, log: @escaping @Sendable (Exchange) -> Void = { _ in }
  ) {
    self.simulator = simulator
    self.clock = clock
    self.host = host
    self.port = port
    self.certificate = certificate
    self.log = log
  }

  /// How long what is under way may take to end once the server is to stop.
  private static let farewell = Duration.milliseconds(200)

  /// Serves until the task is cancelled, then takes no more connections, lets what is under way end, closes what is
  /// still open a moment later and returns.
  /// - Parameters:
  ///   - onListening: hears the port as soon as the server takes connections.
  public func run(
    onListening: @escaping @Sendable (Int) async -> Void
  ) async throws(SimulatorServerError) {
    guard LoopbackCaller.isLoopback(host) else { throw .notLoopback(host) }
    guard (0...65535).contains(port) else { throw .cannotListen("there is no port \(port)") }
    let connections = OpenConnections()
    let server = try self.server(connections)
    let application = Application(
      responder: Responder(simulator: simulator, clock: clock, log: log), server: server,
      configuration: .init(address: .hostname(host, port: port), serverName: nil),
      onServerRunning: { channel in await onListening(channel.localAddress?.port ?? port) },
      logger: Logger(label: "simulator", factory: { _ in SwiftLogNoOpLogHandler() }))
    do {
      try await withTaskCancellationHandler {
        try await application.run()
      } onCancel: {
        Task.detached {
          try? await Task.sleep(for: Self.farewell)
          connections.close()
        }
      }
    } catch is CancellationError {
      return
    } catch {
      if Task.isCancelled { return }
      throw .cannotListen("\(error)".printable)
    }
  }

  private func server(_ connections: OpenConnections) throws(SimulatorServerError) -> HTTPServerBuilder {
    guard let certificate else {
      return .init { TrackedChannel(base: HTTP1Channel(responder: $0), connections: connections) }
    }
    do {
      let chain = try NIOSSLCertificate.fromPEMFile(certificate.chain)
      guard !chain.isEmpty else { throw SimulatorServerError.certificate("\(certificate.chain) holds no certificate") }
      let key = try NIOSSLPrivateKey(file: certificate.privateKey, format: .pem)
      let configuration = TLSConfiguration.makeServerConfiguration(
        certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
      _ = try NIOSSLContext(configuration: configuration)
      return .init {
        TrackedChannel(
          base: try HTTP2UpgradeChannel(tlsConfiguration: configuration, responder: $0), connections: connections)
      }
    } catch let error as SimulatorServerError {
      throw error
    } catch {
      throw .certificate("\(certificate.chain), \(certificate.privateKey): \(error)".printable)
    }
  }
}

/// Why the simulator's server does not serve.
public enum SimulatorServerError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The simulator takes any token it is not told about, so it is never reached from another machine.
  case notLoopback(String)
  case certificate(String)
  case cannotListen(String)

  public var description: String {
    switch self {
    case .notLoopback(let host): "the simulator listens on loopback only, not on \(host.printable)"
    case .certificate(let reason): "the certificate cannot be used: \(reason)"
    case .cannotListen(let reason): "the simulator cannot listen: \(reason)"
    }
  }
}

private struct Responder: HTTPResponder {
  struct Context: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
      coreContext = .init(source: source)
      channel = source.channel
    }

    /// A stream of HTTP/2 has its connection for a parent, and that the listening socket; a connection of HTTP/1.1 has
    /// the listening socket itself.
    private var streamedConnection: (any Channel)? { channel.parent?.parent == nil ? nil : channel.parent }
    var version: SimulatorServer.Exchange.HTTPVersion { streamedConnection == nil ? .http1 : .http2 }
    var connection: any Channel { streamedConnection ?? channel }
  }

  private static let maximumBody = 1 << 20

  let simulator: Simulator
  let clock: any WallClock
  let log: @Sendable (SimulatorServer.Exchange) -> Void

  func respond(to request: Request, context: Context) async throws -> Response {
    let path = request.uri.path
    guard let reply = await reply(to: request) else {
      log(.init(version: context.version, path: path, code: nil))
      try? await context.connection.close()
      throw CancellationError()
    }
    log(.init(version: context.version, path: path, code: reply.status))
    var headers = HTTPFields()
    for (name, value) in reply.headers {
      if let name = HTTPField.Name(name) { headers[name] = value }
    }
    return Response(
      status: .init(code: reply.status), headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: reply.body)))
  }

  /// `nil` where there is to be none.
  private func reply(to request: Request) async -> HTTPReply? {
    let caller = LoopbackCaller(authority: request.head.authority, origin: request.headers[.origin])
    if let refusal = caller.refusal { return .refusal(refusal) }
    guard request.method == .post else { return .refusal(Refusal(405, "Method Not Allowed")) }
    guard let body = try? await request.body.collect(upTo: Self.maximumBody) else {
      return .refusal(Refusal(413, "The body is too large"))
    }
    var headers: [String: String] = [:]
    for field in request.headers { headers[field.name.canonicalName] = field.value }
    let message = TailerAPI.HTTPRequest(path: request.uri.path, headers: headers, body: Array(body.readableBytesView))
    let answer = simulator.handle(message, at: clock.now)
    do { try await clock.sleep(for: answer.delay) } catch { return nil }
    switch answer.fate {
    case .reply(let reply): return reply
    case .unreachable, .dropped: return nil
    }
  }
}
