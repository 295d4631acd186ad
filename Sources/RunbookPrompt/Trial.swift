import RunbookChecker
import RunbookDiagnostics
import RunbookSession
import RunbookSyntax
import TailerAPI

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
  /// Whether the word follows a dot.
  var isField: Bool {
    let before = text[..<start]
    return place == .code && before.last == UInt8(ascii: ".") && before.dropLast().last != UInt8(ascii: ".")
  }
  /// What there is of the word.
  var word: String { String(decoding: text[start...], as: UTF8.self) }

  /// Whether nothing speaks against the word where it stands, as far as the text has come.
  func accepts(_ word: String) -> Bool {
    let samples = isField ? [""] : Self.samples[word] ?? [""]
    return samples.contains { sample in
      let new = mistakes(madeBy: word + sample)
      if new.isEmpty { return true }
      // What is no condition yet becomes one when it is compared.
      guard new.allSatisfy({ Self.aboutConditions.contains($0.id) }) else { return false }
      return Self.comparisons.contains { mistakes(madeBy: word + sample + $0).isEmpty }
    }
  }

  private func mistakes(madeBy words: String) -> Set<Mistake> {
    let bytes = Array(text[..<start]) + Array(words.utf8)
    return errors(in: bytes + closing, upTo: bytes.count).subtracting(mistakesBefore)
  }

  private static let aboutConditions: Set<String> = ["condition-not-boolean", "operator-types", "maybe-none"]
  private static let comparisons = [
    " == none", " == 1", " == \"x\"", " == today", " == now", " == 1s", " == SUCCESS", ".status == SUCCESS",
    ".count == 1", ".name == \"x\"",
  ]

  /// Whether a call may stand here. What its arguments come to is not known yet.
  func acceptsCall(of name: String) -> Bool {
    let bytes = Array(text[..<start]) + Array(name.utf8)
    return errors(in: bytes + Array("()".utf8) + closing, upTo: bytes.count + 1, isCall: true)
      .isSubset(of: mistakesBefore)
  }

  /// Words that mean nothing by themselves, with what could follow them: where no such text checks, neither will any
  /// other.
  private static let samples: [String: [String]] = {
    let (operation, run) = (" " + VerbOperand.operations.sample, " " + VerbOperand.runs.sample)
    var samples: [String: [String]] = [
      "account": [" \"000000\""], "environment": [" DEV"], "param": [" zz: date"], "procedure": [" zz() { }"],
      "let": [" zz = 1"], "var": [" zz = 1"], "await": [run], "check": [run], "if": [" true { }"],
      "for": [" zz in [1] { }"], "retry": [" 3 times { }"],
      "wait": [" 1s"], "parallel": [" for zz in [1] { }"], "try": [" { }"], "step": [" \"x\" { }"],
      "require": [" true"], "print": [" 1"], "confirm": [" \"x\""], "manual": [" \"x\""], "else": [" { }"],
      "catch": [" { }"], "finally": [" { }"], "where": [" true"], "or": [" true", " fail", " ignore"],
      "and": [" true"], "not": [" true"], "contains": [" \"x\"", " 1"], "timeout": [" 1s", " { }"],
      "every": [" 1s", " 1s { }"], "on": [" today"], "in": [" DEV", " [1] { }"],
      "of": [operation, " table-to-table", " \"000000\""], "since": [" now"], "started": [" today"],
      "with": [" status SUCCESS"], "limit": [" 1"], "max": [" 2 { }"], "keep": [" going { }"], "going": [" { }"],
      "backoff": [" 2 { }"], "times": [" { }"], "until": [" true"], "as": [" CHECKED"], "from": [" env \"X\""],
      "env": [" \"X\""], "verbatim": [" \"x\""], "next": [" run of\(operation) since now"],
      "last": [" run of\(operation)", " 2 runs of\(operation)"],
      "runs": [" of table-to-table", " of\(operation)"], "job": [" \"gbq-to-gbq|x\""],
      "run": ["", " \"1\" of\(operation)", " of\(operation) since now", " of\(operation)"],
      "workflow": [" \"x\"", ""], "status": ["", " SUCCESS"],
    ]
    for verb in ChangingVerb.allCases {
      samples[verb.word] = [String(verb.description.sample.dropFirst(verb.word.count))]
    }
    for type in ConfigurationType.allCases { samples[type.rawValue] = [" \"x\"", ""] }
    samples["gbq-to-gbq"] = [" \"x\"", ""]
    return samples
  }()

  private struct Mistake: Hashable {
    let source: SourceID
    let id: String
    let lower: Int32
  }

  /// Errors that what is still to come may mend.
  private static let pending: Set<String> = ["unread-outcome"]
  private static let aboutArguments: Set<String> = ["missing-arguments"]

  /// Errors that begin before an offset, or in what is called or included.
  ///
  /// - Parameter isCall: Whether the arguments of a call are still to come, and with them what the call leads to.
  private func errors(in bytes: [UInt8], upTo end: Int, isCall: Bool = false) -> Set<Mistake> {
    // Behind every source of the session; those that it includes come behind it.
    let id = SourceID(1 << 24)
    let preparation = Preparation(of: SourceText(id: id, name: "", bytes: bytes), in: context)
    return Set(
      preparation.diagnostics.compactMap { diagnostic in
        let range = diagnostic.primary.range
        guard diagnostic.severity == .error, !Self.pending.contains(diagnostic.id) else { return nil }
        if range.source == id, range.lower >= end { return nil }
        // About something that goes on behind what is there.
        let goesOn = range.upper > end || range.upper == end && range.lower < start && isParenthesized(range.lower)
        if range.source == id, goesOn, Self.aboutConditions.contains(diagnostic.id) { return nil }
        if isCall, range.source != id || Self.aboutArguments.contains(diagnostic.id) { return nil }
        return Mistake(source: range.source, id: diagnostic.id, lower: range.lower)
      })
  }

  /// Whether an offset lies behind an open parenthesis, whose value may be put to some use behind its end.
  private func isParenthesized(_ offset: Int32) -> Bool {
    scan.open.contains { $0.kind == .parenthesis && $0.start <= Int(offset) }
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
