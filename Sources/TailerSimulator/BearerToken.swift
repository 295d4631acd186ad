import CivilTime
import FoundationEssentials
import TailerAPI

/// What the front end makes of the `authorization` header.
struct BearerToken {
  let text: String

  /// Refuses a request whose header is missing, malformed, not accepted or expired.
  static func check(
    _ header: String?, accepted: [String: Timestamp]?, now: Timestamp
  ) throws(Refusal) {
    guard let header else { throw Refusal(401, "Jwt is missing") }
    let parts = header.split(separator: " ", omittingEmptySubsequences: true)
    guard parts.count == 2, parts[0].lowercased() == "bearer" else { throw Refusal(401, "Jwt is missing") }
    let token = BearerToken(text: String(parts[1]))
    if let accepted {
      guard let expiry = accepted[token.text] else { throw Refusal(401, "Jwt verification fails") }
      if expiry <= now { throw Refusal(401, "Jwt is expired") }
    }
    if let expiry = token.expiry, expiry <= now { throw Refusal(401, "Jwt is expired") }
  }

  /// The `exp` of a JWT; `nil` for one without, and for anything that is not a JWT.
  private var expiry: Timestamp? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3 else { return nil }
    let plain = String(parts[1].map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 })
    let padding = String(repeating: "=", count: (4 - plain.utf8.count % 4) % 4)
    guard let payload = Data(base64Encoded: plain + padding),
      case .number(let seconds) = JSONValue(Array(payload))?["exp"]
    else { return nil }
    return Timestamp(microsecondsSinceEpoch: TimeSpan.seconds(seconds).microseconds)
  }
}
