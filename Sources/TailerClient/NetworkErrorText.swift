import AsyncHTTPClient
import NIOCore
import NIOPosix
import NIOSSL

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Words for what the network layers throw, without anything of the request.
enum NetworkErrorText {
  static func words(for error: any Error) -> String {
    switch error {
    case let error as HTTPClientError: words(for: error)
    case let error as NIOConnectionError: words(for: error)
    case let error as NIOSSLError: words(for: error)
    case let error as NIOSSLExtraError where error == .failedToValidateHostname:
      "the server's certificate is not trusted: it is for another host"
    case let error as IOError: String(cString: strerror(error.errnoCode))
    case is CancellationError: "cancelled"
    case is NIOTooManyBytesError: "the reply is too large"
    case is ChannelError: "the connection was closed"
    default: ErrorText.shown("\(error)")
    }
  }

  private static func words(for error: HTTPClientError) -> String {
    switch error {
    case .remoteConnectionClosed: "the server closed the connection"
    case .connectTimeout: "the connection took too long"
    case .tlsHandshakeTimeout: "the TLS handshake took too long"
    case .uncleanShutdown: "the connection was cut off"
    default: error.shortDescription
    }
  }

  private static func words(for error: NIOConnectionError) -> String {
    if let failure = error.connectionErrors.first {
      return "\(words(for: failure.error)) (\(error.host), port \(error.port))"
    }
    return "the name '\(ErrorText.shown(error.host))' could not be resolved"
  }

  /// Without the library's own account of the failure, which tells where its sources lay when it was built.
  private static func words(for error: NIOSSLError) -> String {
    let details = "\(error)"
    if details.contains("CERTIFICATE_VERIFY_FAILED") || details.contains("unableToValidateCertificate") {
      return "the server's certificate is not trusted"
    }
    let reason = details.split(separator: ":").last { $0.contains("_") && !$0.contains("/") }
    return "TLS failed" + (reason.map { " (\(ErrorText.shown(String($0.prefix { $0 != " " }))))" } ?? "")
  }
}
