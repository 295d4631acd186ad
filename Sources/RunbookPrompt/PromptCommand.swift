/// Commands to the prompt itself. They start with `:` and are no part of the language.
enum PromptCommand: String, CaseIterable {
  case help, runs, vars, load, save, environment, account, edit, time, history, jobs, stop, ids, quit

  /// What follows the word; `nil` where nothing may.
  var argument: String? {
    switch self {
    case .help: "[WORD]"
    case .load, .save: "FILE"
    case .environment: "[NAME]"
    case .account: "[DIGITS]"
    case .history: "[COUNT]"
    case .stop: "NUMBER"
    case .ids: "[TYPE]"
    case .runs, .vars, .edit, .time, .jobs, .quit: nil
    }
  }

  var needsArgument: Bool { argument.map { !$0.hasPrefix("[") } ?? false }
  var usage: String { ":\(rawValue)" + (argument.map { " \($0)" } ?? "") }

  var summary: String {
    switch self {
    case .help: "what a word of the language or a command does"
    case .runs: "the runs of this session as last seen"
    case .vars: "the names in scope with their values"
    case .load: "run a file in this session"
    case .save: "write the session so far as a checked runbook, without what failed"
    case .environment: "show the environment, or change it"
    case .account: "show the account, or change it"
    case .edit: "change the last entry in $VISUAL or $EDITOR, and run it"
    case .time: "say how long each entry takes, or no longer; shows the time"
    case .history: "the latest entries"
    case .jobs: "what goes on behind the prompt"
    case .stop: "stop the waiting of what goes on behind the prompt"
    case .ids: "ask the service for configuration ids to complete"
    case .quit: "leave; so does Ctrl-D"
    }
  }
}
