import RunbookDiagnostics
import RunbookSyntax

/// What is typed at the prompt at once: a command to the prompt itself, or statements.
public struct Entry: Hashable, Sendable {
  public enum Kind: Hashable, Sendable {
    /// `:save file`: the word and what follows it.
    case command(String, argument: String)
    /// Statements; with `&` at their end they go on behind the prompt.
    case statements(String, isBackground: Bool)
  }
  public let kind: Kind
  /// As it was typed, for the history.
  public let text: String

  /// Whether history may keep it: not where it starts with a space.
  public var isKept: Bool { text.first.map { $0 != " " && $0 != "\t" } ?? false }
}

/// Puts lines together until the parser says that an entry is complete.
public struct EntryReader: Sendable {
  private var typed = ""
  private var canEnd = false

  public init() {}

  public enum Step: Hashable, Sendable {
    /// A blank line where nothing was begun.
    case nothing
    /// The entry is not over.
    case more
    case entry(Entry)
  }

  public var isEmpty: Bool { typed.isEmpty }
  /// What has been typed of the entry so far.
  public var text: String { typed }

  public mutating func drop() {
    typed = ""
    canEnd = false
  }

  /// Takes the next line, or several where they were pasted together.
  public mutating func take(_ line: String) -> Step {
    let isBlank = line.allSatisfy(\.isWhitespace)
    if typed.isEmpty {
      if isBlank { return .nothing }
      if let command = Self.command(line) { return .entry(command) }
    } else if isBlank, canEnd {
      return finish(typed, isBackground: false)
    }
    typed += typed.isEmpty ? line : "\n" + line
    let (body, isBackground) = Self.splitBackground(typed)
    let source = SourceText(id: SourceID(0), name: "", text: body)
    switch parse(source).completeness {
    case .complete: return finish(body, isBackground: isBackground)
    case .mayContinue:
      let endsBlank = typed.split(separator: "\n", omittingEmptySubsequences: false).last?.allSatisfy(\.isWhitespace)
      if isBackground || endsBlank == true { return finish(body, isBackground: isBackground) }
      canEnd = true
    case .unfinished: canEnd = false
    }
    return .more
  }

  private mutating func finish(_ body: String, isBackground: Bool) -> Step {
    let text = typed
    drop()
    return .entry(Entry(kind: .statements(body, isBackground: isBackground), text: text))
  }

  private static func command(_ line: String) -> Entry? {
    let trimmed = line.trimmingPrefix(while: \.isWhitespace)
    guard trimmed.first == ":" else { return nil }
    let word = trimmed.dropFirst().prefix { !$0.isWhitespace }
    let rest = trimmed.dropFirst(1 + word.count).trimmingPrefix(while: \.isWhitespace)
    var argument = String(rest)
    while argument.last?.isWhitespace == true { argument.removeLast() }
    return Entry(kind: .command(String(word), argument: argument), text: line)
  }

  /// Takes an `&` off the end, unless it is part of a text or a comment.
  static func splitBackground(_ text: String) -> (body: String, isBackground: Bool) {
    var body = Array(text.utf8)
    while let last = body.last, [0x20, 0x09, 0x0A, 0x0D].contains(last) { body.removeLast() }
    guard body.last == UInt8(ascii: "&"), TextScan(body.dropLast()).place == .code else { return (text, false) }
    return (String(decoding: body.dropLast(), as: UTF8.self), true)
  }
}
