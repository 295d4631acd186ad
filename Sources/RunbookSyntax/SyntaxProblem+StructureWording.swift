import RunbookDiagnostics

extension SyntaxProblem {
  /// What is wrong with brackets, names, values and operators.
  var structureWords: Words {
    switch kind {
    case .nestingTooDeep:
      Words(
        "nesting-too-deep", "this is nested too deep, or has too many terms in a row",
        notes: ["Name a part of it with `let`, or move it into a procedure."])
    case .unclosedBracket(let bracket, let missingAt):
      Words(
        "unclosed-bracket", "this `\(bracket)` is not closed",
        secondary: [.init(missingAt, "`\(bracket == "(" ? ")" : "]")` is missing here")])
    case .unclosedBlock(let end):
      Words(
        "unclosed-block", "this block is not closed", secondary: [.init(end, "the text ends here")])
    case .unmatchedCloser(let closer):
      Words("unmatched-closer", "this `\(closer)` closes nothing", fixes: replacing("leave it out", with: ""))
    case .missingBlock(let owner):
      owner.isEmpty
        ? Words("missing-block", "a block `{ … }` is missing here")
        : Words("missing-block", "`\(owner)` is followed by a block `{ … }`, which is missing here")
    case .blockOnNextLine(let owner, let moveTo):
      Words(
        "block-on-next-line", "the `{` of `\(owner)` stands on its line, not on the next",
        fixes: inserting("put it there", " {", at: moveTo))
    case .bareBlock:
      Words(
        "bare-block", "a block stands only behind a statement that has one",
        notes: ["To group statements for reports, write `step \"TITLE\" { … }`."])
    case .missingExpression(let after, let found): missingExpressionWords(after, found)
    case .operatorBegins(let text):
      Words(
        "operator-begins-statement", "no statement begins with \(quoted(text))",
        notes: ["A line goes on where it ends in an operator, and inside `(` and `[`."])
    case .missingName(let after): Words("missing-name", "a name is missing after `\(after)`")
    case .reservedName(let name):
      Words(
        "reserved-name", "\(quoted(name)) has a meaning of its own and cannot be given another",
        notes: name == "run" || name == "status"
          ? ["`run` and `status` are set by `launch`, `await` and `check`."] : [],
        fixes: replacing("take another name", with: "my-\(name.lowercased().replacing("_", with: "-"))"))
    case .missingWord(let word, let after):
      Words(
        "missing-word", "`\(word)` is missing after \(quoted(after))",
        fixes: place.isEmpty ? inserting("add it", " \(word)", at: place) : [])
    case .missingText(let after):
      Words("missing-text", "`\(after)` is followed by a text, which is missing here")
    case .missingEnvironment(let after):
      Words(
        "missing-environment", "`\(after)` is followed by an environment, which is missing here",
        notes: ["It is a word like `DEV` or `PROD`, or a text."])
    case .missingEquals(let name):
      Words(
        "missing-equals", "`=` and a value are missing after \(quoted(name))",
        fixes: place.isEmpty ? [] : inserting("add `=`", "= ", at: place.start))
    case .missingComma:
      Words("missing-comma", "a comma is missing here", fixes: inserting("add it", ",", at: place))
    case .missingSeparator(let next):
      Words(
        "missing-separator", "\(quoted(next)) begins another statement, and a newline or `;` is missing before it",
        fixes: inserting("add `;`", ";", at: place))
    case .unexpectedToken(let found): Words("unexpected-token", "\(found) makes no sense here")
    case .notCallable:
      Words("not-callable", "this cannot be called", notes: ["Only a procedure's name is followed by `(…)`."])
    case .notAssignable:
      Words(
        "not-assignable", "only a name can be assigned to", notes: ["To compare, write `==`."])
    case .unknownType(let name):
      Words(
        "unknown-type", "there is no type \(quoted(name)) of data operations",
        notes: ["The types are \(Word.types.joined(separator: ", "))."], fixes: suggesting(name, among: Word.types))
    case .assignmentInCondition(let left):
      Words(
        "assignment-in-condition", "`=` gives a name its value; to compare, write `==`",
        secondary: [.init(left, "compared")], fixes: replacing("write `==`", with: "=="))
    case .chainedComparison(let mark, let first):
      Words(
        "chained-comparison", "`\(mark)` cannot follow another of its kind", secondary: [.init(first, "the first")],
        notes: mark == ".."
          ? ["A range has two ends."] : ["Write `a < b and b < c`, or put one comparison in parentheses."])
    case .nestedWhere(let outer):
      Words(
        "nested-where", "`where` cannot stand inside another", secondary: [.init(outer, "the other")],
        notes: ["Join conditions with `and`, or name the inner list first with `let`."])
    case .misplacedNot(let mark):
      Words(
        "misplaced-not", "`not` binds looser than \(quoted(mark))", notes: ["Put `not …` in parentheses."])
    default: Words("", "")
    }
  }

  private func missingExpressionWords(_ after: String?, _ found: String) -> Words {
    let isAtEnd = place.isEmpty
    let behind = after.map { " after \(quoted($0))" } ?? ""
    return Words(
      "missing-expression",
      isAtEnd ? "a value is missing\(behind)" : "a value is missing\(behind), and \(found) is none",
      notes: found == "`.`" ? ["A number begins with a digit: `0.5`."] : [])
  }
}
