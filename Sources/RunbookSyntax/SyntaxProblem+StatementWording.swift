import RunbookDiagnostics

extension SyntaxProblem {
  /// What is wrong with statements and their clauses.
  var statementWords: Words {
    switch kind {
    case .verbWithoutOperand(let verb, let wants):
      Words("missing-operand", "`\(verb)` is followed by \(wants), which is missing here")
    case .unparenthesizedOperand(let verb, let text):
      Words(
        "unparenthesized-operand", "what `\(verb)` works on stands in parentheses unless it is a name or a literal",
        fixes: replacing("put it in parentheses", with: "(\(text))"))
    case .unknownStatement(let name): unknownStatementWords(name)
    case .foreignStatement(let name, let advice, let replacement):
      Words(
        "foreign-statement", "there is no statement \(quoted(name)); \(advice)",
        fixes: replacement.map { replacing("write `\($0)`", with: $0) } ?? [])
    case .unboundedLoop(let name):
      Words(
        "unbounded-loop", "there is no \(quoted(name)): every runbook ends, so every loop has a bound",
        notes: [
          "To wait for something, write `wait until CONDITION every 1m timeout 2h`.",
          "To try again, write `retry 3 times every 30s { … }`; to go through a list, `for NAME in LIST { … }`.",
        ])
    case .repeatedClause(let word, let first):
      Words("repeated-clause", "`\(word)` stands here twice", secondary: [.init(first, "the first")])
    case .unknownClause(let word, let verb, let known): unknownClauseWords(word, verb, known)
    case .misplacedBinding(let word):
      Words(
        "misplaced-binding", "`\(word)` belongs to a data operation written out, and this is a name for one",
        notes: ["Say its environment and account where it is written: `let x = table-to-table \"id\" in PROD`."])
    case .misplacedOutcome:
      Words(
        "misplaced-outcome", "`or fail` and `or ignore` end a statement that has an outcome",
        notes: ["Such are `launch`, `await`, `check`, a call, and a value that gets a name."])
    case .promptCommand(let name):
      Words(
        "prompt-command", "`:\(name)` is a command to the prompt and no part of a runbook",
        notes: ["Type it at the prompt, which `runbook` starts."])
    case .notAStep:
      Words(
        "not-a-step", "only steps stand directly inside `parallel`",
        notes: ["Write `step \"TITLE\" { … }` around it, or `parallel for NAME in LIST { … }` to run it for each."])
    case .notTopLevel(let word):
      Words("not-top-level", "`\(word)` stands outside of all blocks")
    case .unknownErrorKind(let name):
      Words(
        "unknown-error-kind", "there is no kind of error \(quoted(name))",
        notes: ["The kinds are \(ErrorKind.allCases.map(\.rawValue).joined(separator: ", "))."],
        fixes: suggesting(name, among: ErrorKind.allCases.map(\.rawValue)))
    case .unreachableCatch(let name, let first):
      Words(
        "unreachable-catch",
        name.map { "`catch \($0)` has nothing left to take" } ?? "a second `catch` has nothing left to take",
        secondary: [.init(first, "what this one takes")])
    case .attemptWithoutHandler:
      Words("try-without-handler", "`try` has neither a `catch` nor a `finally`")
    case .strayWord(let word, let wants):
      Words(
        "stray-word", "`\(word)` has no \(wants) before it",
        notes: word == "else"
          ? ["Between `}` and `else` stands nothing but space and newlines."]
          : wants == "value" ? ["A line goes on behind `\(word)`: write it at the end of the line before."] : [])
    case .tooManyErrors(let more):
      tooManyErrorsWords(more)
    default: Words("", "")
    }
  }

  private func unknownStatementWords(_ name: String) -> Words {
    let isClause = Word(rawValue: name)?.role == .clause
    return Words(
      "unknown-statement", "\(quoted(name)) does not begin a statement",
      notes: isClause ? ["A clause stands on the line of its verb."] : [],
      fixes: isClause ? [] : suggesting(name, among: Word.statements))
  }

  private func unknownClauseWords(_ word: String, _ verb: String, _ known: [String]) -> Words {
    let shown = known.map { $0 == "with" ? "with status" : $0 == "keep" ? "keep going" : $0 }
    let message = "\(quoted(verb)) has no clause \(quoted(word))"
    if word == "status" {
      return Words("unknown-clause", message, fixes: replacing("write `with status`", with: "with status"))
    }
    return Words(
      "unknown-clause", message,
      notes: known.isEmpty ? [] : ["It has \(shown.map { "`\($0)`" }.joined(separator: ", "))."],
      fixes: suggesting(word, among: known))
  }

  private func tooManyErrorsWords(_ more: Int) -> Words {
    var words = Words("too-many-errors", "\(more) more \(more == 1 ? "error is" : "errors are") not shown")
    words.severity = .note
    return words
  }
}
