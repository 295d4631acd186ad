import RunbookReference
import VisibleText

/// What `:help` says, in the words of the reference.
enum PromptHelp {
  /// All there is in short, or what a word leads to.
  static func text(for word: String, width: Int) -> ScreenText {
    guard !word.isEmpty else {
      return ScreenText(lines: Reference.overview(width: width)) + "\n`:help WORD` tells of each.\n"
    }
    let found = Reference.topics(for: word)
    if !found.isEmpty { return found.map { ScreenText(lines: $0.text(width: width)) }.joined(separator: "\n") }
    let hint = Reference.suggestion(for: word).map { "; did you mean `\($0)`?" } ?? "; `:help` lists what there is"
    return "There is no help on `\(word)`\(hint)\n"
  }
}
