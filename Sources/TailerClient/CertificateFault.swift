import CivilTime
import Coordination
import NIOCore
import NIOPosix
import NIOSSL

/// What is wrong with a server's certificate. The library says only that it is not trusted; the certificate itself tells more,
/// and is shown in a handshake that is broken off before anything could be sent.
enum CertificateFault: Hashable, Sendable {
  case expired(Timestamp)
  case notYetValid(Timestamp)
  case unknownIssuer

  /// Longer than this nobody waits to learn more.
  private static let limit = TimeAmount.seconds(5)

  init(validFrom begin: Timestamp, until end: Timestamp, at now: Timestamp) {
    self = end < now ? .expired(end) : begin > now ? .notYetValid(begin) : .unknownIssuer
  }

  /// Asks the server for its certificate; an unknown issuer where none can be had any more.
  static func asked(of address: BaseAddress, at now: Timestamp, on group: any EventLoopGroup) async -> Self {
    guard let leaf = await certificate(of: address, on: group) else { return .unknownIssuer }
    func moment(_ seconds: Int) -> Timestamp? {
      let (microseconds, overflow) = Int64(seconds).multipliedReportingOverflow(by: 1_000_000)
      return overflow ? nil : Timestamp(microsecondsSinceEpoch: microseconds)
    }
    return Self(
      validFrom: moment(leaf.notValidBefore) ?? .earliest, until: moment(leaf.notValidAfter) ?? .latest, at: now)
  }

  private static func certificate(of address: BaseAddress, on group: any EventLoopGroup) async -> NIOSSLCertificate? {
    let shown = Promise<NIOSSLCertificate?>()
    let bootstrap = ClientBootstrap(group: group).connectTimeout(limit).channelInitializer { channel in
      channel.closeFuture.whenComplete { _ in shown.fulfill(nil) }
      return channel.eventLoop.makeCompletedFuture {
        let handler = try NIOSSLClientHandler(
          context: NIOSSLContext(configuration: .makeClientConfiguration()), serverHostname: address.serverName
        ) { (certificates: [NIOSSLCertificate], verified: EventLoopPromise<NIOSSLVerificationResult>) in
          shown.fulfill(certificates.first)
          verified.succeed(NIOSSLVerificationResult.failed)
        }
        try channel.pipeline.syncOperations.addHandler(handler)
        channel.eventLoop.scheduleTask(in: limit) { channel.close(promise: nil) }
      }
    }
    guard let channel = try? await bootstrap.connect(host: address.host, port: address.port).get() else { return nil }
    let certificate = await shown.value() ?? nil
    try? await channel.close()
    return certificate
  }

  var words: String {
    switch self {
    case .expired(let end): "the server's certificate is not trusted: it expired at \(end), by this machine's clock"
    case .notYetValid(let begin):
      "the server's certificate is not trusted: it is valid from \(begin) on, by this machine's clock"
    case .unknownIssuer:
      "the server's certificate is not trusted: its issuer is unknown here; `--trust FILE` trusts another issuer"
    }
  }
}

extension BaseAddress {
  /// The host as TLS may be told it, which is not where it is an address.
  fileprivate var serverName: String? { (try? SocketAddress(ipAddress: host, port: port)) == nil ? host : nil }
}
