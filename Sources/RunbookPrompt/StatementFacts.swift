import RunbookDiagnostics
import RunbookSyntax

/// What the prompt has to know of the statements of an entry.
struct StatementFacts: Sendable {
  /// Calls that stand alone: what they give is shown only where they give something.
  var calls: Set<SourceRange> = []
  /// Launches that stand alone: their news has named the run already.
  var launches: Set<SourceRange> = []
  /// The names that are assigned anywhere.
  var assigned: [Name] = []
  /// What is declared at the top level, and so would be there for the next entry.
  var declared: [Name] = []
  /// Statements that set what holds for the next entry.
  var settings: [SourceRange] = []

  init(_ program: Program) {
    for statement in program.statements {
      if let name = statement.declaredName { declared.append(name) }
      switch statement.kind {
      case .account, .environment, .include: settings.append(statement.range)
      // A procedure's body is evaluated elsewhere.
      case .procedure: continue
      default: break
      }
      for case .statement(let part) in TreeWalk([statement]) { visit(part) }
    }
  }

  private mutating func visit(_ statement: Statement) {
    if case .assignment(let name, _, _) = statement.kind { assigned.append(name) }
    guard case .expression(let expression, _) = statement.kind else { return }
    switch expression.bare.act {
    case .call: calls.insert(expression.range)
    case .launch: launches.insert(expression.range)
    case .look, .listing, .confirm, nil: break
    }
  }
}
