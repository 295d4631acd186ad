/// What is open at the end of an unfinished text: texts, interpolations, brackets, blocks. Bytes and offsets are UTF-8.
struct TextScan {
  enum Place: Hashable {
    case code
    case comment
    /// In a text that began there, behind its opening mark.
    case text(from: Int)
  }

  enum Kind: Hashable {
    case comment, quoted, block, raw, interpolation, parenthesis, bracket, brace

    /// What ends it.
    var closing: String {
      switch self {
      case .comment: "\n"
      case .quoted: "\""
      case .block: "\"\"\""
      case .raw: "'"
      case .interpolation: "}"
      case .parenthesis: ")"
      case .bracket: "]"
      case .brace: "\n}"
      }
    }

    fileprivate var isText: Bool { self == .quoted || self == .block || self == .raw }
  }

  /// What is open, the innermost last, with the offset behind its opening mark.
  private(set) var open: [(kind: Kind, start: Int)] = []

  init(_ bytes: some Collection<UInt8>) {
    let bytes = Array(bytes)
    var index = 0
    func has(_ text: String, at index: Int) -> Bool { bytes[index...].starts(with: text.utf8) }
    while index < bytes.count {
      var step = 1
      switch open.last?.kind {
      case .comment: if has("\n", at: index) { open.removeLast() }
      case .raw: if has("'", at: index) || has("\n", at: index) { open.removeLast() }
      case .quoted, .block:
        let isBlock = open.last?.kind == .block
        if has("\\", at: index) {
          step = 2
        } else if has("${", at: index) {
          step = 2
          open.append((.interpolation, index + 2))
        } else if isBlock, has("\"\"\"", at: index) {
          step = 3
          open.removeLast()
        } else if !isBlock, has("\"", at: index) || has("\n", at: index) {
          open.removeLast()
        }
      default: step = readCode(bytes, index, has)
      }
      index += step
    }
  }

  private mutating func readCode(_ bytes: [UInt8], _ index: Int, _ has: (String, Int) -> Bool) -> Int {
    switch bytes[index] {
    case UInt8(ascii: "\""):
      let isBlock = has("\"\"\"", index)
      open.append((isBlock ? .block : .quoted, index + (isBlock ? 3 : 1)))
      return isBlock ? 3 : 1
    case UInt8(ascii: "'"): open.append((.raw, index + 1))
    case UInt8(ascii: "#"): open.append((.comment, index + 1))
    case UInt8(ascii: "("): open.append((.parenthesis, index + 1))
    case UInt8(ascii: "["): open.append((.bracket, index + 1))
    case UInt8(ascii: "{"): open.append((.brace, index + 1))
    case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"): if !open.isEmpty { open.removeLast() }
    default: break
    }
    return 1
  }

  var place: Place {
    guard let last = open.last else { return .code }
    if last.kind == .comment { return .comment }
    return last.kind.isText ? .text(from: last.start) : .code
  }
}
