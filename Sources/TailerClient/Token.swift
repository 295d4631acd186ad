public import CivilTime
import FoundationEssentials
import TailerAPI
import VisibleText

/// A bearer token. It is shown nowhere: its description and its mirror tell only that it is there.
public struct Token: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  private let text: String
  /// As what it may be quoted, and the same in bytes.
  private let forms: [String]
  private let spelled: [[UInt8]]
  /// The end of its life, where it is a JSON Web Token that says so.
  public let expiry: Timestamp?

  /// - Parameter given: With or without a line's end behind it, which a file or a secret may have and nobody means.
  /// - Throws: `TokenError.malformed` for a text that could not stand in a header, so that none can smuggle in another.
  public init(_ given: some StringProtocol) throws(TokenError) {
    let text = given.last == "\n" || given.last == "\r\n" ? String(given.dropLast()) : String(given)
    let bytes = Array(text.utf8)
    guard !bytes.isEmpty else { throw .malformed("it is empty") }
    guard bytes.count <= 16_384 else { throw .malformed("it is longer than 16 KiB") }
    guard !text.lowercased().hasPrefix("bearer ") else { throw .malformed("“Bearer” stands before it; leave that out") }
    guard bytes.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      throw .malformed("it holds spaces, line ends or other characters that cannot stand in a header")
    }
    self.text = text
    forms = Secrets.forms(of: text)
    spelled = forms.map { Array($0.utf8) }
    expiry = Self.expiry(of: self.text)
  }

  /// The value of the `authorization` header.
  var authorization: String { "Bearer \(text)" }

  public var description: String { "[token]" }
  public var debugDescription: String { "[token]" }
  public var customMirror: Mirror { Mirror(self, children: []) }

  /// The text with every occurrence of the token taken out, for what a service or a command says.
  func redacted(from words: String) -> String {
    forms.reduce(words) { $0.contains($1) ? $0.replacing($1, with: Secrets.replacement) : $0 }
  }

  /// The same for the bytes of a text.
  func redacted(from bytes: [UInt8]) -> [UInt8] {
    guard spelled.contains(where: { bytes.firstRange(of: $0) != nil }) else { return bytes }
    return Array(redacted(from: String(decoding: bytes, as: UTF8.self)).utf8)
  }

  private static func expiry(of text: String) -> Timestamp? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, let payload = JSONValue(decoded(parts[1])), case .number(let seconds)? = payload["exp"],
      seconds.isFinite, abs(seconds) < 1e12
    else { return nil }
    return Timestamp(microsecondsSinceEpoch: Int64(seconds * 1_000_000))
  }

  /// The bytes that base64url, padded or not, stands for; empty where it is not that.
  private static func decoded(_ part: Substring) -> [UInt8] {
    let plain = String(part.compactMap { $0 == "=" ? nil : $0 == "-" ? "+" : $0 == "_" ? "/" : $0 })
    let padding = String(repeating: "=", count: (4 - plain.utf8.count % 4) % 4)
    return Data(base64Encoded: plain + padding).map { Array($0) } ?? []
  }
}
