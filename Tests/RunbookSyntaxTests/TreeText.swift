import RunbookDiagnostics
import RunbookSyntax

/// A tree as one line of brackets, for comparing.
func dump(_ program: Program) -> String { program.statements.map(dump).joined(separator: "\n") }

private func join(_ parts: [String?]) -> String { "(" + parts.compactMap { $0 }.joined(separator: " ") + ")" }
private func clause(_ name: String, _ value: Expression?) -> String? { value.map { "\(name)=\(dump($0))" } }
func dump(_ block: Block) -> String { "{" + block.statements.map(dump).joined(separator: "; ") + "}" }

private func dump(_ reference: EnvironmentReference) -> String {
  switch reference {
  case .word(let name): name.text
  case .text(let text): dump(text)
  }
}

private func dump(_ outcome: OutcomeClause?) -> String? {
  switch outcome?.kind {
  case nil: nil
  case .ignore: "or-ignore"
  case .fail(let message): message.map { "or-fail=\(dump($0))" } ?? "or-fail"
  }
}

func dump(_ expression: Expression) -> String {
  switch expression.kind {
  case .text(let parts):
    "\""
      + parts.map { part in
        switch part {
        case .literal(let words): words.replacing("\n", with: "\\n")
        case .interpolation(let value): "${\(dump(value))}"
        }
      }.joined() + "\""
  case .number(let value): "\(value)"
  case .boolean(let value): "\(value)"
  case .date(let value): "\(value)"
  case .timestamp(let value): "\(value)"
  case .duration(let value): "\(value)"
  case .status(let name): name
  case .none: "none"
  case .name(let name): name
  case .list(let elements): "[" + elements.map(dump).joined(separator: " ") + "]"
  case .unary(let mark, let operand): "(\(mark.rawValue) \(dump(operand)))"
  case .binary(let mark, _, let left, let right): "(\(mark.rawValue) \(dump(left)) \(dump(right)))"
  case .field(let value, let name): "\(dump(value)).\(name.text)"
  case .index(let value, let index): "\(dump(value))[\(dump(index))]"
  case .call(let name, let arguments):
    "\(name.text)(" + arguments.map { ($0.label.map { "\($0.text)=" } ?? "") + dump($0.value) }.joined(separator: " ")
      + ")"
  case .parenthesized(let inner): "(\(dump(inner)))"
  case .operation(let literal):
    switch literal.designation {
    case .typed(let type, let id, let verbatim):
      join([
        type.text, verbatim ? "verbatim" : nil, dump(id), literal.environment.map { "in=\(dump($0))" },
        clause("of", literal.account),
      ])
    case .job(let id):
      join(["job", dump(id), literal.environment.map { "in=\(dump($0))" }, clause("of", literal.account)])
    }
  case .runLiteral(let id, let operation): join(["run", dump(id), dump(operation)])
  case .launch(let operand, let date): join(["launch", dump(operand), clause("on", date)])
  case .await(.runs(let operand), let timeout, let every):
    join(["await", dump(operand), clause("timeout", timeout), clause("every", every)])
  case .await(.nextRun(let operand, let since), let timeout, let every):
    join(["await-next", dump(operand), clause("since", since), clause("timeout", timeout), clause("every", every)])
  case .check(let operand): join(["check", dump(operand)])
  case .lastRuns(let query):
    join([
      "last", clause("count", query.count), dump(query.operation), clause("started", query.started),
      clause("status", query.status),
    ])
  case .runsOfType(let query):
    join([
      "runs", query.type.text, query.environment.map { "in=\(dump($0))" }, clause("of", query.account),
      clause("status", query.status), clause("started", query.started), clause("limit", query.limit),
    ])
  case .confirm(let question): join(["confirm", dump(question)])
  case .invalid: "<invalid>"
  }
}

func dump(_ statement: Statement) -> String {
  switch statement.kind {
  case .account(let value): join(["account", dump(value)])
  case .environment(let reference): join(["environment", dump(reference)])
  case .parameter(let parameter):
    join([
      "param", parameter.name.text, parameter.type.map { ":\($0.text)" }, clause("default", parameter.defaultValue),
      clause("env", parameter.environmentVariable), clause("summary", parameter.summary),
    ])
  case .include(let path): join(["include", dump(path)])
  case .procedure(let procedure):
    join([
      "procedure", procedure.name.text,
      "("
        + procedure.parameters.map { $0.name.text + ($0.defaultValue.map { "=\(dump($0))" } ?? "") }
        .joined(separator: " ") + ")", dump(procedure.body),
    ])
  case .declaration(let it):
    join([it.isVariable ? "var" : "let", it.name.text, dump(it.value), dump(it.outcome)])
  case .assignment(let name, let value, let outcome): join(["set", name.text, dump(value), dump(outcome)])
  case .expression(let value, let outcome): outcome == nil ? dump(value) : join([dump(value), dump(outcome)])
  case .change(let verb, let operand, let clause): join([verb.word, dump(operand), clause.map(dump)])
  case .conditional(let branches, let otherwise):
    join(["if"] + branches.map { "\(dump($0.condition)) \(dump($0.body))" } + [otherwise.map { "else \(dump($0))" }])
  case .forEach(let name, let list, let body): join(["for", name.text, dump(list), dump(body)])
  case .retry(let retry):
    join(["retry", dump(retry.times), clause("every", retry.every), clause("backoff", retry.backoff), dump(retry.body)])
  case .wait(let span): join(["wait", dump(span)])
  case .waitUntil(let condition, let every, let timeout):
    join(["wait-until", dump(condition), clause("every", every), clause("timeout", timeout)])
  case .parallelFor(let name, let list, let clauses, let body):
    join([
      "parallel-for", name.text, dump(list), clause("max", clauses.max), clauses.keepGoing ? "keep-going" : nil,
      dump(body),
    ])
  case .parallel(let clauses, let body):
    join(["parallel", clause("max", clauses.max), clauses.keepGoing ? "keep-going" : nil, dump(body)])
  case .attempt(let attempt):
    join(
      ["try", dump(attempt.body)]
        + attempt.catches.map { "catch\($0.kind.map { " \($0.text)" } ?? "") \(dump($0.body))" }
        + [attempt.finally.map { "finally \(dump($0))" }])
  case .step(let title, let body): join(["step", dump(title), dump(body)])
  case .break: "(break)"
  case .continue: "(continue)"
  case .return(let value): join(["return", value.map(dump)])
  case .stop(let value): join(["stop", value.map(dump)])
  case .fail(let value): join(["fail", value.map(dump)])
  case .require(let condition, let otherwise): join(["require", dump(condition), clause("else", otherwise)])
  case .print(let value): join(["print", dump(value)])
  case .confirm(let value): join(["confirm", dump(value)])
  case .manual(let value): join(["manual", dump(value)])
  case .invalid: "<invalid>"
  }
}
