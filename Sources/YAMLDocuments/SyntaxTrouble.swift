import RunbookDiagnostics
import Yams

/// What is no YAML, in words: the one place that knows the parser's.
struct SyntaxTrouble {
  private let words: String
  private let range: SourceRange
  private let other: Diagnostic.Label?

  init(_ error: any Error, _ places: YAMLPlaces) {
    switch error as? YamlError {
    case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      let (words, range) = (
        Self.words(for: problem, in: context?.text ?? "", at: places.character(at: mark)), places.stretch(at: mark)
      )
      let begins = context.map { places.stretch(at: $0.mark) }.flatMap { $0.lower < range.lower ? $0 : nil }
      other = words.contains("closed") ? begins.map { Diagnostic.Label($0, "it begins here") } : nil
      (self.words, self.range) = (words, range)
    case .reader(_, let offset, let value, _):
      words = Unicode.Scalar(UInt32(max(0, value))).map { "U+\(Self.digits($0)) may not stand in YAML" } ?? Self.unknown
      range = places.stretch(atCharacter: offset ?? 0)
      other = nil
    case .memory:
      (words, range, other) = ("this is nested too deeply", places.start, nil)
    default:
      (words, range, other) = (Self.unknown, places.start, nil)
    }
  }

  func issue(in source: SourceText) -> DocumentError.Issue { .init(words, at: range, in: source, other: other) }

  private static let unknown = "this cannot be read as YAML"

  private static func digits(_ scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }

  /// By what the parser of libyaml says.
  private static func words(for problem: String, in context: String, at character: Unicode.Scalar?) -> String {
    switch problem {
    case "mapping values are not allowed in this context":
      "a `:` cannot stand here; a text with `: ` in it needs quotes"
    case "block sequence entries are not allowed in this context":
      "a list cannot begin here; its items stand on lines of their own"
    case "mapping keys are not allowed in this context": "a key cannot stand here"
    case "could not find expected ':'", "did not find expected key", "found unexpected ':'":
      "a key with `: ` behind it is wanted here, as far in as the keys beside it"
    case "did not find expected ',' or ']'": "the list is not closed: `,` or `]` is missing"
    case "did not find expected ',' or '}'": "the mapping is not closed: `,` or `}` is missing"
    case "did not find expected '-' indicator": "the items of a list begin with `-`, as far in as the first"
    case "did not find expected node content": "a value is wanted here"
    case "found unexpected end of stream", "found unexpected document indicator":
      "the text is not closed: its quote is missing"
    case "found unknown escape character", "did not find expected hexdecimal number",
      "found invalid Unicode character escape code":
      "there is no such escape; in single quotes `\\` is a character like any other"
    case "found character that cannot start any token":
      character == "\t" ? "a tab cannot be indentation; spaces can" : "no text begins with this; in quotes it can"
    case "found a tab character that violates indentation",
      "found a tab character where an indentation space is expected":
      "a tab cannot be indentation; spaces can"
    case "but found another document", "did not find expected <document start>":
      "the file holds one document, and another begins here"
    case "found undefined alias": "aliases are not read here: a text that begins with `*` needs quotes"
    case "found undefined tag handle", "did not find expected tag URI", "did not find the expected '>'",
      "did not find expected '!'", "did not find URI escaped octet":
      "tags are not read here: a text that begins with `!` needs quotes"
    case "did not find expected alphabetic or numeric character":
      context.contains("alias") || context.contains("anchor")
        ? "aliases and anchors are not read here: a text that begins with `\(character == "&" ? "&" : "*")` needs quotes"
        : unknown
    case _ where context.contains("block scalar"): "behind `|` and `>` only the indentation, `+` and `-` can stand"
    case _ where context.contains("directive") || problem.contains("directive") || problem.contains("YAML document"):
      "a line that begins with `%` is not read here"
    case _ where problem.contains("depth") || problem.contains("nesting"): "this is nested too deeply"
    default: unknown
    }
  }
}
