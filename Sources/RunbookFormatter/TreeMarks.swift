import RunbookDiagnostics
import RunbookSyntax

/// What a layout has to know of a tree: where statements begin, and what marks mean that look alike. Offsets are UTF-8.
struct TreeMarks {
  private(set) var statementStarts: Set<Int32> = []
  /// Minus signs before their only operand.
  private(set) var unaryMinuses: Set<Int32> = []
  /// Where something ends whose arguments, parameters or index follow.
  private(set) var endsBeforeOpening: Set<Int32> = []

  init(_ program: Program) {
    for node in TreeWalk(program.statements) {
      switch node {
      case .statement(let statement):
        statementStarts.insert(statement.range.lower)
        if case .procedure(let procedure) = statement.kind { endsBeforeOpening.insert(procedure.name.range.upper) }
      case .expression(let expression): note(expression)
      }
    }
  }

  private mutating func note(_ expression: Expression) {
    switch expression.kind {
    case .unary(.negate, _): unaryMinuses.insert(expression.range.lower)
    case .index(let base, _): endsBeforeOpening.insert(base.range.upper)
    case .call(let name, _): endsBeforeOpening.insert(name.range.upper)
    default: break
    }
  }
}
