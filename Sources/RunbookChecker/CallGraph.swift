import RunbookDiagnostics
import RunbookSyntax

/// A procedure and what is known of it before any call is followed.
final class ProcedureRecord {
  let procedure: Procedure
  /// Its position at the top level, which decides what it sees.
  let order: Int
  let isFromThisText: Bool
  /// Whether it can come to call itself, which has been reported. Such a call is not followed.
  var isRecursive = false
  /// The names of the file that it and what it calls mention: what its meaning can depend on besides its arguments. `nil`
  /// where they are many.
  var mentions: [NameID]?

  init(_ procedure: Procedure, order: Int, isFromThisText: Bool) {
    self.procedure = procedure
    self.order = order
    self.isFromThisText = isFromThisText
  }
}

extension Checker {
  /// How many mentioned names are told apart.
  private static let followedMentions = 32

  /// Finds the cycles of calls, reports each once, and gathers what each procedure mentions.
  mutating func findRecursion() {
    let records = procedures.all.map { (record: $0.value, name: names[$0.name]) }
      .sorted { ($0.record.order, $0.name) < ($1.record.order, $1.name) }.map(\.record)
    var places: [ObjectIdentifier: Int] = [:]
    for (place, record) in records.enumerated() { places[ObjectIdentifier(record)] = place }
    var finder = MentionFinder(table: names)
    var calls: [[(name: Name, callee: Int)]] = []
    for record in records {
      finder.begin()
      finder.visit(record.procedure.body.statements)
      for parameter in record.procedure.parameters {
        if let value = parameter.defaultValue { finder.visit(value) }
      }
      calls.append(
        finder.calls.compactMap { name in
          procedures[finder.table.id(of: name)].flatMap { places[ObjectIdentifier($0)] }.map { (name, $0) }
        })
      let mentions = finder.names.filter { globals[$0] != nil || declaredLater[$0] != nil }
      record.mentions = mentions.count <= Self.followedMentions ? mentions : nil
    }
    names = finder.table
    var walk = CycleWalk(calls: calls)
    for place in records.indices { walk.visit(place) }
    for cycle in walk.cycles {
      let words = [cycle.last.text] + cycle.first.map(\.text) + (cycle.isWhole ? [] : ["…"]) + [cycle.last.text]
      report(ControlProblem.recursion(words, at: cycle.last.range, calls: cycle.first.map(\.range)))
    }
    for place in walk.recursive { records[place].isRecursive = true }
    for place in walk.finished {
      for call in calls[place] where call.callee != place {
        records[place].mentions = union(records[place].mentions, records[call.callee].mentions)
      }
    }
  }

  private func union(_ a: [NameID]?, _ b: [NameID]?) -> [NameID]? {
    guard let a, let b else { return nil }
    let new = b.filter { !a.contains($0) }
    return a.count + new.count <= Self.followedMentions ? a + new : nil
  }
}

/// A depth-first walk over the calls between procedures, without recursion of its own: chains can be long.
private struct CycleWalk {
  typealias Call = (name: Name, callee: Int)

  /// The calls of which the last closes a cycle; of a long one the first of those before it.
  struct Cycle {
    let first: [Name]
    let isWhole: Bool
    let last: Name
  }

  let calls: [[Call]]
  private(set) var cycles: [Cycle] = []
  /// The procedures that a cycle goes through.
  private(set) var recursive: [Int] = []
  /// The procedures in an order in which each follows what it calls.
  private(set) var finished: [Int] = []
  /// Where in the path a procedure stands that is on it.
  private var places: [Int?]
  private var isDone: [Bool]

  /// How many calls of a cycle are shown.
  private static let shown = 8

  init(calls: [[Call]]) {
    self.calls = calls
    places = Array(repeating: nil, count: calls.count)
    isDone = Array(repeating: false, count: calls.count)
  }

  mutating func visit(_ start: Int) {
    guard !isDone[start] else { return }
    /// The procedures being visited, and how far back a call from there, or from further on, leads.
    var path: [(procedure: Int, next: Int, back: Int)] = [(start, 0, .max)]
    /// The call that led to each element of the path but the first.
    var ways: [Call] = []
    places[start] = 0
    while let (procedure, next, back) = path.last {
      let top = path.count - 1
      guard calls[procedure].indices.contains(next) else {
        places[procedure] = nil
        isDone[procedure] = true
        finished.append(procedure)
        if back <= top { recursive.append(procedure) }
        if top > 0, back < top { path[top - 1].back = min(path[top - 1].back, back) }
        path.removeLast()
        if !ways.isEmpty { ways.removeLast() }
        continue
      }
      path[top].next += 1
      let call = calls[procedure][next]
      if let begin = places[call.callee] {
        path[top].back = min(back, begin)
        cycles.append(
          Cycle(
            first: ways[begin...].prefix(Self.shown).map(\.name), isWhole: ways.count - begin <= Self.shown,
            last: call.name))
      } else if !isDone[call.callee] {
        places[call.callee] = path.count
        path.append((call.callee, 0, .max))
        ways.append(call)
      }
    }
  }
}

/// Finds the calls in a tree and all names that it mentions. The parser bounds a tree's depth.
private struct MentionFinder {
  var table: NameTable
  private(set) var calls: [Name] = []
  /// Each name once.
  private(set) var names: [NameID] = []
  private var seen = NameMap<Int>()
  private var round = 0

  init(table: NameTable) { self.table = table }

  /// Forgets what was found, for the next tree.
  mutating func begin() {
    calls.removeAll(keepingCapacity: true)
    names.removeAll(keepingCapacity: true)
    round += 1
  }

  private mutating func add(_ name: NameID) {
    if seen[name] == round { return }
    seen[name] = round
    names.append(name)
  }

  mutating func visit(_ statements: [Statement]) {
    for statement in statements { visit(statement) }
  }

  private mutating func visit(_ expression: Expression?) {
    if let expression { visit(expression) }
  }

  private mutating func visit(_ clause: OutcomeClause?) {
    if case .fail(let message)? = clause?.kind { visit(message) }
  }

  private mutating func visit(_ statement: Statement) {
    switch statement.kind {
    case .declaration(let declaration):
      visit(declaration.value)
      visit(declaration.outcome)
    case .assignment(let name, let value, let outcome):
      add(table.id(of: name))
      visit(value)
      visit(outcome)
    case .expression(let expression, let outcome):
      visit(expression)
      visit(outcome)
    case .mark(let run, let status):
      visit(run)
      visit(status)
    case .account(let value), .reset(let value), .activation(_, let value), .wait(let value), .print(let value),
      .confirm(let value), .manual(let value), .include(let value):
      visit(value)
    case .conditional(let branches, let otherwise):
      for branch in branches {
        visit(branch.condition)
        visit(branch.body.statements)
      }
      visit(otherwise?.statements ?? [])
    case .forEach(_, let list, let body):
      visit(list)
      visit(body.statements)
    case .retry(let retry):
      visit(retry.times)
      visit(retry.every)
      visit(retry.backoff)
      visit(retry.body.statements)
    case .waitUntil(let condition, let every, let timeout):
      visit(condition)
      visit(every)
      visit(timeout)
    case .parallelFor(_, let list, let clauses, let body):
      visit(list)
      visit(clauses.max)
      visit(body.statements)
    case .parallel(let clauses, let body):
      visit(clauses.max)
      visit(body.statements)
    case .attempt(let attempt):
      visit(attempt.body.statements)
      for clause in attempt.catches { visit(clause.body.statements) }
      visit(attempt.finally?.statements ?? [])
    case .step(let title, let body):
      visit(title)
      visit(body.statements)
    case .return(let value), .stop(let value), .fail(let value): visit(value)
    case .require(let condition, let message):
      visit(condition)
      visit(message)
    case .environment(.text(let value)): visit(value)
    case .environment, .parameter, .procedure, .break, .continue, .invalid: break
    }
  }

  mutating func visit(_ expression: Expression) {
    switch expression.kind {
    case .name:
      if let name = table.id(of: expression) { add(name) }
    case .text(let parts):
      for case .interpolation(let value) in parts { visit(value) }
    case .list(let elements): for element in elements { visit(element) }
    case .unary(_, let operand), .parenthesized(let operand), .check(let operand), .confirm(let operand),
      .field(let operand, _):
      visit(operand)
    case .binary(_, _, let left, let right), .index(let left, let right):
      visit(left)
      visit(right)
    case .call(let name, let arguments):
      calls.append(name)
      for argument in arguments { visit(argument.value) }
    case .operation(let literal): visit(literal)
    case .runLiteral(let id, let operation):
      visit(id)
      visit(operation)
    case .launch(let operand, let date):
      visit(operand)
      visit(date)
    case .await(let target, let timeout, let every):
      switch target {
      case .runs(let runs): visit(runs)
      case .nextRun(let operation, let since):
        visit(operation)
        visit(since)
      }
      visit(timeout)
      visit(every)
    case .lastRuns(let query):
      for part in [query.count, query.operation, query.started, query.status] { visit(part) }
    case .runsOfType(let query):
      for part in [query.account, query.status, query.started, query.limit] { visit(part) }
      if case .text(let name)? = query.environment { visit(name) }
    case .number, .boolean, .date, .timestamp, .duration, .status, .none, .invalid: break
    }
  }

  private mutating func visit(_ literal: OperationLiteral) {
    switch literal.designation {
    case .typed(_, let id, _), .job(let id): visit(id)
    }
    visit(literal.account)
    if case .text(let name)? = literal.environment { visit(name) }
  }
}
