import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOHTTP2
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
  /// Whether the same would come of another try.
  static func isLasting(_ error: any Error) -> Bool {
    switch error {
    case let error as NIOSSLError: isCertificate(error) || isNoTLS(error)
    case let error as NIOSSLExtraError: error == .failedToValidateHostname
    case let error as NIOConnectionError:
      !error.connectionErrors.isEmpty && error.connectionErrors.allSatisfy { isLasting($0.error) }
    case is ReplyTooLarge, is TooManyInterimReplies: true
    case let error as HTTPParserError: error != .closedConnection && error != .invalidEOFState
    default: false
    }
  }

  /// Whether it proves that the server has done nothing with the request: RFC 9113, 8.7. A GOAWAY whose last stream is below the
  /// request's would too, but reaches us as CANCEL, which proves nothing.
  static func isUnprocessed(_ error: any Error) -> Bool {
    (error as? NIOHTTP2Errors.StreamClosed)?.errorCode == .refusedStream
  }

  /// Whether a server's certificate was not accepted, for another reason than its name.
  static func isCertificate(_ error: any Error) -> Bool {
    switch error {
    case let error as NIOSSLError: isCertificate(error)
    case let error as NIOConnectionError: error.connectionErrors.contains { isCertificate($0.error) }
    default: false
    }
  }

  private static func isCertificate(_ error: NIOSSLError) -> Bool {
    let details = "\(error)"
    return details.contains("CERTIFICATE_VERIFY_FAILED") || details.contains("unableToValidateCertificate")
  }

  private static func isNoTLS(_ error: NIOSSLError) -> Bool { "\(error)".contains("WRONG_VERSION_NUMBER") }

  static func words(for error: any Error) -> String {
    switch error {
    case let error as HTTPClientError: words(for: error)
    case let error as NIOConnectionError: words(for: error)
    case let error as NIOSSLError: words(for: error)
    case let error as NIOSSLExtraError where error == .failedToValidateHostname:
      "the server's certificate is not trusted: it is for another host"
    case let error as ReplyTooLarge: error.words
    case let error as TooManyInterimReplies: error.words
    case let error as HTTPParserError where error != .closedConnection && error != .invalidEOFState:
      "what answers there speaks no HTTP"
    case let error as IOError: String(cString: strerror(error.errnoCode))
    case is CancellationError: "cancelled"
    case is ChannelError, is HTTPParserError: "the connection was closed"
    case let error as NIOHTTP2Errors.StreamClosed:
      "the server broke the request off (HTTP/2 code \(error.errorCode.networkCode))"
    // What an error holds is the library's own account of it, which tells a user nothing.
    default: "the connection failed"
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
    if isCertificate(error) { return "the server's certificate is not trusted" }
    if isNoTLS(error) { return "what answers there speaks no TLS" }
    let reason = "\(error)".split(separator: ":").last { $0.contains("_") && !$0.contains("/") }
    return "TLS failed" + (reason.map { " (\(ErrorText.shown(String($0.prefix { $0 != " " }))))" } ?? "")
  }
}
