/// Where the service is: scheme, host, port and a path that all requests are below.
public struct BaseAddress: Hashable, Sendable, CustomStringConvertible {
  /// Why a text is not the address of a service.
  public enum Problem: Error, Hashable, Sendable {
    case notAnAddress
    case schemeMissing
    case unsupportedScheme(String)
    case hostMissing
    case badHost(String)
    case badPort(String)
    /// A user or password stands in it; it is not repeated.
    case userInformation
    case queryOrFragment
    /// Plain http to a host that is not this machine.
    case plainHTTP(host: String)
  }

  public let isSecure: Bool
  /// In lower case; an IPv6 address without its brackets.
  public let host: String
  public let port: Int
  /// Empty, or starting with `/` and not ending with one.
  public let path: String

  /// The documented address of the live service.
  public static let documented = "https://tailer-api-nqonovswsq-ew.a.run.app"

  public init(_ text: String) throws(Problem) {
    guard !text.isEmpty, text.utf8.count <= 2048, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      throw .notAnAddress
    }
    guard let mark = text.firstRange(of: "://") else { throw .schemeMissing }
    switch text[..<mark.lowerBound].lowercased() {
    case "https": isSecure = true
    case "http": isSecure = false
    case "": throw .schemeMissing
    case let other: throw .unsupportedScheme(other)
    }
    let rest = text[mark.upperBound...]
    let end = rest.firstIndex { "/?#\\".contains($0) } ?? rest.endIndex
    let authority = rest[..<end]
    guard !authority.contains("@") else { throw .userInformation }
    let tail = rest[end...]
    guard !tail.contains(where: { "?#".contains($0) }) else { throw .queryOrFragment }
    guard !tail.contains(where: { "\\\"<>^`{|}".contains($0) }), !tail.contains("/../"), !tail.hasSuffix("/..") else {
      throw .notAnAddress
    }
    let (host, port) = try Self.hostAndPort(authority)
    self.host = host
    self.port = port ?? (isSecure ? 443 : 80)
    path = String(tail.prefix(upTo: tail.lastIndex { $0 != "/" }.map(tail.index(after:)) ?? tail.startIndex))
    guard isSecure || Self.isLoopback(host) else { throw .plainHTTP(host: host) }
  }

  /// Whether the host can only be this machine.
  static func isLoopback(_ host: String) -> Bool {
    if host == "localhost" || host == "::1" || host == "0:0:0:0:0:0:0:1" { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127"
      && parts.allSatisfy { (1...3).contains($0.utf8.count) && UInt8($0) != nil && $0.utf8.allSatisfy(isDigit) }
  }

  private static func hostAndPort(_ authority: Substring) throws(Problem) -> (String, Int?) {
    let host: Substring
    var rest: Substring
    if authority.first == "[" {
      guard let close = authority.firstIndex(of: "]") else { throw .badHost(String(authority)) }
      host = authority[authority.index(after: authority.startIndex)..<close]
      rest = authority[authority.index(after: close)...]
      guard !host.isEmpty, host.allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." }) else {
        throw .badHost(String(authority))
      }
    } else {
      let colon = authority.firstIndex(of: ":") ?? authority.endIndex
      host = authority[..<colon]
      rest = authority[colon...]
      guard !host.isEmpty else { throw .hostMissing }
      guard host.utf8.count <= 253, host.allSatisfy({ $0.isLetter || $0.isNumber || "-._".contains($0) }) else {
        throw .badHost(String(host))
      }
    }
    guard rest.first == ":" else {
      guard rest.isEmpty else { throw .badHost(String(authority)) }
      return (host.lowercased(), nil)
    }
    rest = rest.dropFirst()
    guard (1...5).contains(rest.utf8.count), rest.utf8.allSatisfy(isDigit), let port = Int(rest),
      (1...65_535).contains(port)
    else { throw .badPort(String(rest)) }
    return (host.lowercased(), port)
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }

  public var description: String {
    let name = host.contains(":") ? "[\(host)]" : host
    let usual = isSecure ? 443 : 80
    return (isSecure ? "https://" : "http://") + name + (port == usual ? "" : ":\(port)") + path
  }
}

extension BaseAddress.Problem: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notAnAddress: "not an address; write one like \(BaseAddress.documented)"
    case .schemeMissing: "the address has no scheme; write https:// in front of it"
    case .unsupportedScheme(let scheme): "the scheme '\(scheme)' is not known; use https"
    case .hostMissing: "the address has no host"
    case .badHost(let host): "'\(host)' is not a host"
    case .badPort(let port): "'\(port)' is not a port"
    case .userInformation: "the address holds a user or password; tokens come from TAILER_API_JWT or the token command"
    case .queryOrFragment: "the address has a query or a fragment; leave out what follows '?' or '#'"
    case .plainHTTP(let host): "plain http to '\(host)' would show the token to the network; use https"
    }
  }
}
