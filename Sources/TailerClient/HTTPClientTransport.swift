import AsyncHTTPClient
public import CivilTime
import Coordination
import NIOCore
import NIOHTTP1
import NIOHTTP2
import NIOPosix
import NIOSSL
public import TailerAPI

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The network: HTTP/2 over TLS where the server offers it, else HTTP/1.1, over connections that are kept.
///
/// Certificates are always verified. No proxy is used and no redirect followed, whatever the environment or a reply
/// says. Each request is handed to one connection once: the library below repeats connecting at most, never a request,
/// and even that is switched off here.
///
/// A failure is `neverSent` where the library never asked for the request's body, which it does after a connection was
/// made and the head written; without a byte of its body no request has an effect. That also covers failures of name,
/// connection and TLS, and a limit that passed while waiting for a connection. Anything later is `fateUnknown`, but for a
/// stream that the server has refused before it answered.
public final class HTTPClientTransport: HTTPTransport {
  public struct Settings: Hashable, Sendable {
    /// How long a connection may take to be made, name and TLS included.
    public var connectLimit: TimeSpan
    /// How long a connection that nothing uses is kept. Shorter than servers keep theirs, so that a request is not
    /// lost on one that the server is closing.
    public var idleLimit: TimeSpan
    public var maximumInFlight: Int
    /// In bytes; a larger reply counts as unreadable.
    public var largestReply: Int
    /// A file of PEM certificates that are trusted as well as the system's.
    public var trustRoots: String?

    public init(
      connectLimit: TimeSpan = .seconds(10), idleLimit: TimeSpan = .seconds(30), maximumInFlight: Int = 100,
      largestReply: Int = 16 << 20, trustRoots: String? = nil
    ) {
      self.connectLimit = connectLimit
      self.idleLimit = idleLimit
      self.maximumInFlight = maximumInFlight
      self.largestReply = largestReply
      self.trustRoots = trustRoots
    }
  }

  /// The file of trusted certificates cannot be used.
  public struct UnusableTrustRoots: Error, Hashable, Sendable, CustomStringConvertible {
    public let path: String
    public let reason: String
    public var description: String { "the certificates in '\(path)' cannot be used: \(reason)" }
  }

  public let base: BaseAddress
  private let settings: Settings
  private let clock: any WallClock
  private let limits: TimeLimits
  /// Made for the first request: what sends nothing has nothing to close.
  private let client = Guarded<HTTPClient?>(nil)
  private let configuration: HTTPClient.Configuration
  private let window: AsyncSemaphore
  private let versions = Guarded<[String: Int]>([:])

  /// - Parameters:
  ///   - clock: measures the limits of requests; those of connections are the library's.
  public init(
    base: BaseAddress, settings: Settings = Settings(), clock: any WallClock = RealClock()
  ) throws(UnusableTrustRoots) {
    self.base = base
    self.settings = settings
    self.clock = clock
    limits = TimeLimits(clock: clock)
    window = AsyncSemaphore(settings.maximumInFlight)
    var tls = TLSConfiguration.makeClientConfiguration()
    tls.minimumTLSVersion = .tlsv12
    if let path = settings.trustRoots {
      guard access(path, R_OK) == 0 else {
        throw UnusableTrustRoots(path: path, reason: String(cString: strerror(errno)))
      }
      do {
        let certificates = try NIOSSLCertificate.fromPEMFile(path)
        guard !certificates.isEmpty else { throw UnusableTrustRoots(path: path, reason: "it holds no certificate") }
        tls.additionalTrustRoots = [.certificates(certificates)]
      } catch let error as UnusableTrustRoots {
        throw error
      } catch {
        throw UnusableTrustRoots(path: path, reason: NetworkErrorText.words(for: error))
      }
    }
    var configuration = HTTPClient.Configuration(
      tlsConfiguration: tls, redirectConfiguration: .disallow,
      timeout: .init(connect: .microseconds(max(1, settings.connectLimit.microseconds))))
    configuration.httpVersion = .automatic
    configuration.connectionPool.idleTimeout = .microseconds(max(1, settings.idleLimit.microseconds))
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = max(1, settings.maximumInFlight)
    configuration.connectionPool.retryConnectionEstablishment = false
    configuration.networkFrameworkWaitForConnectivity = false
    configuration.http1_1ConnectionDebugInitializer = {
      InterimReplies.bound($0, behind: ByteToMessageHandler<HTTPResponseDecoder>.self)
    }
    configuration.http2StreamChannelDebugInitializer = {
      InterimReplies.bound($0, behind: HTTP2FramePayloadToHTTP1ClientCodec.self)
    }
    // A trace of a request would hold what nobody here has decided to show.
    configuration.tracing.tracer = nil
    self.configuration = configuration
  }

  /// Closes the connections. To be called when nothing is under way, and not left out where anything was sent.
  public func shutdown() async {
    let made = client.withLock { client in
      defer { client = nil }
      return client
    }
    try? await made?.shutdown()
  }

  /// One thread for all connections and all that hears of them. With several, the library hears of a request's end on another
  /// thread than the connection's; where the server has answered early and closes, the connection is then given back that is
  /// gone already, which ends the process.
  private static let thread = MultiThreadedEventLoopGroup(numberOfThreads: 1)

  private var openClient: HTTPClient {
    client.withLock { client in
      let made = client ?? HTTPClient(eventLoopGroupProvider: .shared(Self.thread), configuration: configuration)
      client = made
      return made
    }
  }

  /// How many replies came over which version of HTTP: `HTTP/2.0`, `HTTP/1.1`.
  public var replyVersions: [String: Int] { versions.withLock { $0 } }

  public func send(
    _ request: TailerAPI.HTTPRequest, within limit: TimeSpan, departure: Departure?
  ) async throws(TransportError) -> HTTPReply {
    let entered = clock.now
    let result = await window.inside {
      let waited = self.clock.now.since(entered)
      let rest = departure.map { Departure(within: $0.limit.subtracting(waited) ?? .zero, left: $0.left) }
      return await self.exchange(request, within: limit, rest)
    }
    guard let result else { throw .cancelled }
    return try result.get()
  }

  private func exchange(
    _ request: TailerAPI.HTTPRequest, within limit: TimeSpan, _ departure: Departure?
  ) async -> Result<HTTPReply, TransportError> {
    let gatherer = ReplyGatherer(
      sending: request.body, largestReply: settings.largestReply, left: departure?.left)
    let carrying: HTTPClient.Task<ReplyGatherer.Gathered>
    do {
      carrying = openClient.execute(request: try message(request, gatherer), delegate: gatherer)
    } catch {
      return .failure(.neverSent("\(base): \(NetworkErrorText.words(for: error))", isLasting: true))
    }
    let timing = limits.begin(limit) { carrying.cancel() }
    let heldUp = Guarded(false)
    let leaving = departure.map { departure in
      limits.begin(departure.limit) {
        guard !gatherer.hasLeft else { return }
        heldUp.withLock { $0 = true }
        carrying.cancel()
      }
    }
    // Whether the body was asked for is only certain once nothing goes on any more.
    let ending = await withTaskCancellationHandler {
      await carrying.ending
    } onCancel: {
      carrying.cancel()
    }
    let isTimeUp = !limits.end(timing)
    if let leaving { limits.end(leaving) }
    let wasHeldUp = heldUp.withLock { $0 }
    switch ending {
    case .success(let gathered):
      versions.withLock { $0[gathered.version, default: 0] += 1 }
      return .success(gathered.reply)
    case .failure where Task.isCancelled: return .failure(.cancelled)
    case .failure where wasHeldUp || isTimeUp:
      let limit = if wasHeldUp, let departure { departure.limit } else { limit }
      guard gatherer.wasAskedFor else { return .failure(.neverSent("\(base): no connection within \(limit)")) }
      return .failure(
        .fateUnknown(
          wasHeldUp ? "the request had not left as a whole within \(limit)" : "no whole reply within \(limit)"))
    case .failure(let error):
      let isLasting = NetworkErrorText.isLasting(error)
      let words =
        NetworkErrorText.isCertificate(error)
        ? await CertificateFault.asked(of: base, at: clock.now, on: Self.thread).words
        : NetworkErrorText.words(for: error)
      let mayBeDone = gatherer.wasAskedFor && (gatherer.hasAnswer || !NetworkErrorText.isUnprocessed(error))
      return .failure(
        mayBeDone ? .fateUnknown(words, isLasting: isLasting) : .neverSent("\(base): \(words)", isLasting: isLasting))
    }
  }

  private func message(
    _ request: TailerAPI.HTTPRequest, _ gatherer: ReplyGatherer
  ) throws -> HTTPClient.Request {
    var headers = HTTPHeaders(request.headers.map { ($0.key, $0.value) })
    if request.headers["user-agent"] == nil { headers.add(name: "user-agent", value: "runbook") }
    return try HTTPClient.Request(
      url: "\(base)\(request.path)", method: .POST, headers: headers, body: gatherer.witnessedBody)
  }
}

extension HTTPClient.Task where Response: Sendable {
  fileprivate var ending: Result<Response, any Error> {
    get async {
      do {
        return .success(try await get())
      } catch {
        return .failure(error)
      }
    }
  }
}
