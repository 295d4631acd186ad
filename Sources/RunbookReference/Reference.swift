import RunbookDiagnostics

/// All that is said about the language, the program's commands and the prompt's: the one place that `:help`, `--help`
/// and `runbook reference` are written from.
public enum Reference {
  /// In the order in which they are best read.
  public static let topics: [Topic] =
    pages + settings + verbs + looks + declarations + control + endings
    + people + values + operators + clauses
    + statuses + errorKinds + commands + promptCommands

  /// The topics that a word leads to. A `:` before it asks for the prompt's commands only.
  public static func topics(for word: String) -> [Topic] {
    let found = topics.filter { $0.names.contains(word) }
    if !found.isEmpty || word.hasPrefix(":") { return found }
    return topics.filter { $0.names.contains(":" + word) || $0.names.contains(word.uppercased()) }
      + topics.filter { $0.kind.title.lowercased() == word.lowercased() }
  }

  /// The command of the program or of the prompt by its name, `run` or `:runs`.
  public static func command(_ name: String) -> Topic? {
    (name.hasPrefix(":") ? promptCommands : commands).first { $0.title == name }
  }

  /// Every word that leads somewhere, once.
  public static let words: [String] = {
    var seen: Set<String> = []
    return topics.flatMap(\.names).filter { seen.insert($0).inserted }
  }()

  /// The word that somebody most likely meant who asked for one that leads nowhere.
  public static func suggestion(for word: String) -> String? { nearest(to: word, among: words) }
}
