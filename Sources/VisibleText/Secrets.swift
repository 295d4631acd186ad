import Coordination

/// What no text shows, wherever it was quoted: the tokens that are known to this process, and what looks like one.
public enum Secrets {
  /// What is put in a token's place.
  public static let replacement = "[token]"

  private static let known = Guarded<[String]>([])

  /// Has a token shown nowhere from here on. A word of a few letters is none, and would be found in anything.
  public static func keep(_ token: String) {
    guard token.utf8.count >= 8 else { return }
    known.withLock { known in
      if !known.contains(token) { known.append(token) }
    }
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
  private static func withoutWebTokens(_ text: String) -> String {
    guard text.utf8.count >= 20, text.contains("eyJ") else { return text }
    let web = /eyJ[A-Za-z0-9_-]+\.eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+/
    return text.replacing(web, with: replacement)
  }
}
