import RunbookReference

/// Commands to the prompt itself. They start with `:` and are no part of the language.
enum PromptCommand: String, CaseIterable {
  case help, runs, vars, load, save, environment, account, edit, time, history, jobs, stop, ids, quit

  /// How it is written, from the reference.
  var usage: String { Reference.command(":" + rawValue)?.usage ?? ":" + rawValue }

  /// What follows the word; `nil` where nothing may.
  var argument: String? {
    let words = usage.split(separator: " ", maxSplits: 1)
    return words.count > 1 ? String(words[1]) : nil
  }

  var needsArgument: Bool { argument.map { !$0.hasPrefix("[") } ?? false }
}
