import Coordination

/// What no text shows, wherever it was quoted: the tokens that are known to this process, and what looks like one.
public enum Secrets {
  /// What is put in a token's place.
  public static let replacement = "[token]"

  private static let known = Guarded<[String]>([])

  /// Has a token shown nowhere from here on. A word of a few letters is none, and would be found in anything.
  public static func keep(_ token: String) {
    known.withLock { known in
      for form in forms(of: token) where !known.contains(form) { known.append(form) }
    }
  }

  /// As what a token is quoted: itself, with the slashes of JSON, percent-encoded, as in HTML, and each of its parts between dots
  /// that is long enough to be told. The whole before the parts.
  public static func forms(of token: String) -> [String] {
    guard token.utf8.count >= 8 else { return [] }
    func spelled(_ spelling: (UInt8) -> String) -> String {
      token.utf8.map { isLetterOrDigit($0) ? String(UnicodeScalar($0)) : spelling($0) }.joined()
    }
    let unreserved = Set("-._~".utf8)
    let percent = spelled { byte in
      unreserved.contains(byte)
        ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
    }
    let quoted = [token, token.replacing("/", with: "\\/"), percent, spelled { "&#\($0);" }]
    let parts = token.split(separator: ".").map(String.init).filter { $0.utf8.count >= 16 }
    return (quoted + parts).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
  }

  /// Whether a known token stands in the text.
  public static func occur(in text: String) -> Bool { known.withLock { $0 }.contains { text.contains($0) } }

  /// The text without them. It has to be done before the text is cut: what is left of a token is not known for one.
  public static func redacted(_ text: String) -> String {
    var text = text
    for token in known.withLock({ $0 }) where text.contains(token) { text.replace(token, with: replacement) }
    return withoutWebTokens(text)
  }

  /// Without JSON Web Tokens: three parts of base64url with dots between, the first two of them JSON objects, which begin so.
  ///
  /// - Parameter evenCut: Whether what begins like one is taken for one, in words of others that may have cut it.
  public static func withoutWebTokens(_ text: String, evenCut: Bool = false) -> String {
    guard text.contains("eyJ") else { return text }
    let web = evenCut ? /eyJ[A-Za-z0-9_.=-]*/ : /eyJ[A-Za-z0-9_-]+\.eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+/
    return text.replacing(web, with: replacement)
  }
}
