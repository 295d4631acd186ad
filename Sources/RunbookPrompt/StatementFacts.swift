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
      switch statement.kind {
      case .declaration(let declaration): declared.append(declaration.name)
      case .procedure(let procedure): declared.append(procedure.name)
      case .parameter(let parameter): declared.append(parameter.name)
      case .account, .environment, .include: settings.append(statement.range)
      default: break
      }
    }
    var waiting = program.statements
    while let statement = waiting.popLast() {
      visit(statement)
      // A procedure's body is evaluated elsewhere.
      if case .procedure = statement.kind { continue }
      waiting += statement.blocks.flatMap(\.statements)
    }
  }

  private mutating func visit(_ statement: Statement) {
    switch statement.kind {
    case .assignment(let name, _, _): assigned.append(name)
    case .expression(let expression, _):
      var bare = expression
      while case .parenthesized(let inner) = bare.kind { bare = inner }
      switch bare.kind {
      case .call: calls.insert(expression.range)
      case .launch: launches.insert(expression.range)
      default: break
      }
    default: break
    }
  }
}
