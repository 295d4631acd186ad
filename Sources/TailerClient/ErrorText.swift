import TailerAPI
import VisibleText

/// What the body of a bad reply says, short and safe to show.
enum ErrorText {
  private static let longest = 300
  /// A body beyond this is not searched for its `message`.
  private static let largestDocument = 1 << 20

  /// The body's `message` or `data` where it has one, else an excerpt of it; of a reply without words, what it is.
  static func message(of reply: HTTPReply) -> String {
    if reply.body.count <= largestDocument, let document = JSONValue(reply.body), let words = words(in: document) {
      let text = shown(words)
      if !text.isEmpty { return text }
    }
    let text = excerpt(of: reply.body)
    return text.isEmpty ? wordless(reply) : text
  }

  private static func wordless(_ reply: HTTPReply) -> String {
    let what = "an empty reply with code \(reply.status), where the service's answer was expected"
    guard (300..<400).contains(reply.status), let location = reply.headers["location"] else { return what }
    let parts = location.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
    let host = parts.count > 2 && parts[1].isEmpty ? shown(String(parts[2])) : "the same host"
    return "\(what); it leads to \(host)"
  }

  /// The beginning of a body, without the tags of HTML; its title alone where it has one.
  static func excerpt(of body: [UInt8]) -> String {
    let beginning = String(decoding: body.prefix(8192), as: UTF8.self)
    guard beginning.drop(while: \.isWhitespace).first == "<" else { return shown(beginning) }
    return shown(title(of: beginning) ?? untagged(beginning))
  }

  /// A text from outside made fit to print: one line, bounded, nothing in it that looks like a token.
  static func shown(_ text: String) -> String {
    let words = text.prefix(8192).split(whereSeparator: \.isWhitespace)
    let line = Secrets.withoutWebTokens(words.joined(separator: " ").printable, evenCut: true)
    return line.count > longest ? line.prefix(longest - 1) + "…" : line
  }

  private static func words(in document: JSONValue) -> String? {
    switch document {
    case .text(let text): text
    case .object(let members):
      if let message = members["message"].flatMap(plain) {
        message
      } else if let data = members["data"].flatMap(plain) {
        data
      } else {
        members["error"].flatMap { words(in: $0) ?? plain($0) }
      }
    default: nil
    }
  }

  /// A member's text, or its JSON where it holds something else.
  private static func plain(_ value: JSONValue) -> String? {
    switch value {
    case .null, .object([:]), .array([]), .text(""): nil
    case .text(let text): text
    case .object(let members): members["message"]?.text ?? String(decoding: value.bytes, as: UTF8.self)
    default: String(decoding: value.bytes, as: UTF8.self)
    }
  }

  private static func title(of page: String) -> String? {
    guard let start = page.firstRange(of: "<title>"),
      let end = page[start.upperBound...].firstRange(of: "</title>")
    else { return nil }
    let title = page[start.upperBound..<end.lowerBound]
    return title.allSatisfy(\.isWhitespace) ? nil : String(title)
  }

  private static func untagged(_ page: String) -> String {
    var isInTag = false
    var text = ""
    for character in page {
      switch character {
      case "<":
        isInTag = true
        text += " "
      case ">" where isInTag: isInTag = false
      default: if !isInTag { text.append(character) }
      }
    }
    return text
  }
}
