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
  var mentions: Set<String>?

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
    let named = procedures.sorted { ($0.value.order, $0.key) < ($1.value.order, $1.key) }
    let records = named.map(\.value)
    let places = Dictionary(uniqueKeysWithValues: zip(named.map(\.key), 0...))
    let calls = records.map { record in
      var mentions: Set<String> = []
      var calls: [CycleWalk.Call] = []
      for node in TreeWalk(record.procedure.parts) {
        switch node {
        case .statement(let statement):
          if case .assignment(let name, _, _) = statement.kind { mentions.insert(name.text) }
        case .expression(let expression):
          if case .name(let name) = expression.kind { mentions.insert(name) }
          if case .call(let name, _) = expression.kind, let callee = places[name.text] { calls.append((name, callee)) }
        }
      }
      mentions = mentions.filter { globals[$0] != nil || declaredLater[$0] != nil }
      record.mentions = mentions.count <= Self.followedMentions ? mentions : nil
      return calls
    }
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

  private func union(_ a: Set<String>?, _ b: Set<String>?) -> Set<String>? {
    guard let all = a.flatMap({ a in b.map(a.union) }) else { return nil }
    return all.count <= Self.followedMentions ? all : nil
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
