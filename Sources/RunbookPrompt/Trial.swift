import RunbookChecker
import RunbookDiagnostics
import RunbookSession

/// Tries words at the end of an unfinished text: one is right where parser and checker find nothing wrong with it.
struct Trial {
  let context: CheckContext
  let text: [UInt8]
  private let scan: TextScan
  /// What closes everything that is open.
  private let closing: [UInt8]

  /// Where the word that is tried begins: behind the opening mark of a text, else where the last word does.
  let start: Int
  private var mistakesBefore: Set<Mistake> = []

  init(context: CheckContext, text: [UInt8]) {
    self.context = context
    self.text = text
    scan = TextScan(text)
    closing = scan.open.reversed().flatMap { Array($0.kind.closing.utf8) }
    start =
      if case .text(let from) = scan.place { min(from, text.count) } else {
        text.lastIndex { !Self.isWordByte($0) }.map { $0 + 1 } ?? 0
      }
    mistakesBefore = errors(in: Array(text[..<start]) + closing, upTo: start)
  }

  var place: TextScan.Place { scan.place }
  /// What there is of the word.
  var word: String { String(decoding: text[start...], as: UTF8.self) }

  /// - Parameters:
  ///   - word: What is tried in place of what stands from `start` on.
  ///   - end: What follows it at once, such as the parentheses of a call.
  func accepts(_ word: String, closedBy end: String = "") -> Bool {
    let bytes = Array(text[..<start]) + Array(word.utf8)
    let after = errors(in: bytes + Array(end.utf8) + closing, upTo: bytes.count)
    return after.isSubset(of: mistakesBefore)
  }

  private struct Mistake: Hashable {
    let id: String
    let lower: Int32
  }

  /// Errors that what is still to come may mend.
  private static let pending: Set<String> = ["unread-outcome"]

  /// Errors that begin before an offset.
  private func errors(in bytes: [UInt8], upTo end: Int) -> Set<Mistake> {
    let id = SourceID(.max)
    let preparation = Preparation(of: SourceText(id: id, name: "", bytes: bytes), in: context)
    return Set(
      preparation.diagnostics.compactMap { diagnostic in
        let range = diagnostic.primary.range
        guard diagnostic.severity == .error, range.source == id, range.lower < end else { return nil }
        return Self.pending.contains(diagnostic.id) ? nil : Mistake(id: diagnostic.id, lower: range.lower)
      })
  }

  /// The name before the innermost open parenthesis.
  var openCall: String? {
    guard let last = scan.open.last, last.kind == .parenthesis else { return nil }
    let name = text[..<(last.start - 1)].reversed().prefix { Self.isWordByte($0) }.reversed()
    return name.isEmpty ? nil : String(decoding: Array(name), as: UTF8.self)
  }

  /// Whether an argument begins at an offset.
  var mayLabel: Bool {
    let last = text[..<start].last { $0 != 0x20 && $0 != 0x0A && $0 != 0x09 }
    return last == UInt8(ascii: "(") || last == UInt8(ascii: ",")
  }

  /// The words of the text itself, among which are the names it declares.
  var ownWords: [String] {
    text[..<start].split { !Self.isWordByte($0) }.prefix(2_000).compactMap { word in
      guard let first = word.first, !(48...57).contains(first), word.count <= 64 else { return nil }
      return String(decoding: word, as: UTF8.self)
    }
  }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default: byte >= 0x80
    }
  }
}
