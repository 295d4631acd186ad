/// Who may call the simulator, which takes any token it is not told about: programs on this machine that mean it, and no page that
/// a browser shows. A page of another site comes with an `Origin`, and one whose name was made to lead to loopback with a `Host`
/// that is not loopback's.
struct LoopbackCaller {
  let authority: String?
  let origin: String?

  /// `nil` for one that is served.
  var refusal: Refusal? {
    guard let authority, Self.isLoopback(Self.host(of: authority[...])) else {
      return Refusal(421, "The Host is not one of loopback")
    }
    guard let origin else { return nil }
    let parts = origin.split(separator: "://", maxSplits: 1)
    guard parts.count == 2, Self.isLoopback(Self.host(of: parts[1])) else {
      return Refusal(403, "The Origin is not one of loopback")
    }
    return nil
  }

  /// The name in `NAME:PORT` or `[ADDRESS]:PORT`, the port left out or not.
  private static func host(of authority: Substring) -> String {
    if authority.first == "[" { return String(authority.dropFirst().prefix { $0 != "]" }) }
    return String(authority.prefix { $0 != ":" })
  }

  /// `localhost`, `::1` and 127.0.0.0/8.
  static func isLoopback(_ host: String) -> Bool {
    if host.lowercased() == "localhost" || host == "::1" { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127"
      && parts.allSatisfy { part in
        part.utf8.count <= 3 && part.utf8.allSatisfy { (48...57).contains($0) } && UInt8(part) != nil
      }
  }
}
