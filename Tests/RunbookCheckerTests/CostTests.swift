import RunbookDiagnostics
import RunbookSyntax
import Testing

@testable import RunbookChecker

/// That checking costs in proportion to the text, counted in pieces of work and not in time.
struct CostTests {
  /// Where many ways meet, each that changes one thing costs that, and not all that the ways before have changed.
  @Test(arguments: [100, 1_000, 10_000])
  func aLongChainOfBranchesIsJoinedChangeByChange(_ count: Int) {
    var confluence = Confluence()
    var comparisons = 0
    var start = FlowState()
    for key in 0..<count { start.facts[VariableID(number: key)] = Fact(.number, .constant(.number(.zero))) }
    for key in 0..<count {
      var way = start
      way.facts[VariableID(number: key)] = Fact(.number, .constant(.number(Number(1))))
      confluence.add(way) { _, one, other in
        comparisons += 1
        return one.flatMap { one in other.map { one.joined($0) } }
      }
    }
    #expect(comparisons <= 2 * count)
    #expect(confluence.state?.facts[VariableID(number: 0)] == Fact(.number))
  }

  /// Where errors can be raised all along a text that changes one thing after the other, each place costs that change.
  @Test(arguments: [100, 1_000, 10_000])
  func aLongRowOfErrorsIsJoinedChangeByChange(_ count: Int) {
    var confluence = Confluence()
    var comparisons = 0
    var state = FlowState()
    for key in 0..<count {
      state.facts[VariableID(number: key)] = Fact(.number, .constant(.number(.zero)))
      confluence.addRaised(state) { _, _, _ in
        comparisons += 1
        return Fact(.number)
      }
    }
    #expect(comparisons < count)
    #expect(confluence.state?.facts.count == count)
  }

  /// Two ways that part are asked for what either has changed, and for nothing that they share.
  @Test(arguments: [10, 10_000])
  func waysAreJoinedByWhatTheyHaveChanged(_ count: Int) {
    var shared = FlowMap<Int, Int>()
    for key in 0..<count { shared[key] = key }
    var (one, other) = (shared, shared)
    one[3] = 30
    one[count] = 1
    other[4] = nil
    other[5] = 5
    #expect(one.differences(from: other) == [3, 4, count])
    var asked: Set<Int> = []
    let joined = one.joined(other) { key, one, other in
      asked.insert(key)
      return one ?? other
    }
    #expect(asked == [3, 4, count])
    #expect((joined[3], joined[4], joined[5], joined[count]) == (30, 4, 5, 1))
    #expect(one.joined(one) { _, _, _ in nil } == one)
  }

  /// Statements that are walked over again, in calls and in further rounds of loops, are as many more as the text is
  /// longer.
  @Test func whatIsWalkedOverAgainGrowsWithTheText() {
    func walkedAgain(_ parts: Int) -> Int {
      let text = (0..<parts).map { part in
        """
        procedure relaunch\(part)(job) {
          var failures = 0
          for round in 1 .. 3 { if round > failures { launch job; await run or ignore; failures = round } }
          return failures
        }
        procedure twice\(part)(job) { return relaunch\(part)(job) + relaunch\(part)(job) }
        var count\(part) = twice\(part)(a)
        for job in [a, b] { count\(part) = count\(part) + twice\(part)(job) }

        """
      }.joined()
      let source = SourceText(id: SourceID(0), name: "", text: preamble + text)
      var checker = Checker(program: parse(source).program, sources: SourceMap(), context: CheckContext())
      #expect(checker.check().diagnostics.isEmpty)
      return 50_000 + 20 * checker.items.count - checker.effort
    }
    let one = walkedAgain(1)
    #expect(one > 10)
    #expect(walkedAgain(200) == 200 * one)
  }

  /// What flow knows of a name goes with it: else each call would leave all later ones more to carry.
  @Test func factsGoWithTheirNames() {
    let text =
      preamble + """
        procedure p(x) {
          var count = 0
          for n in 1 .. 3 { var inner = n; inner = 2; count = 1 }
          let r = last run of a
          if r != none { print r.id }
          try { var tried = 1; tried = 2; launch a; await run or fail } catch { var caught = 1; caught = 2 }
          return count
        }
        """ + String(repeating: "\nprint p(1)", count: 50)
    let source = SourceText(id: SourceID(0), name: "", text: text)
    var checker = Checker(program: parse(source).program, sources: SourceMap(), context: CheckContext())
    #expect(checker.check().diagnostics.isEmpty)
    #expect(checker.state.facts.isEmpty)
  }

  /// The calls of a chain of procedures in which each calls on and back to the first.
  @Test func aCycleOfManyCallsIsToldInShort() {
    let count = 500
    let text = (0..<count).map { "procedure p\($0)() { p\(($0 + 1) % count)()\n p0() }\n" }.joined()
    let diagnostics = checked(text).result.diagnostics
    #expect(diagnostics.count == count + 1)
    #expect(diagnostics.allSatisfy { $0.id == "recursion" && $0.secondary.count <= 8 })
    #expect(diagnostics.allSatisfy { $0.notes.joined().split(separator: "→").count <= 11 })
    #expect(diagnostics.contains { $0.notes.first?.contains("→ … →") == true })
  }

  /// Outcomes that nobody reads are told once, however many ways out of the runbook lose them.
  @Test func lostOutcomesAreToldOnce() {
    let text =
      preamble + (0..<100).map { "launch a\nlet s\($0) = await run\n" }.joined()
      + (0..<100).map { "if today > date(\"2020-01-0\($0 % 9 + 1)\") { stop }\n" }.joined()
    #expect(checked(text).ids.count == 100)
  }

  /// Who leaves the runbook looks at what has changed since somebody left last, and misses nothing.
  @Test func whatEachWayOutLosesIsTold() {
    let outcome = { (name: String) in "launch a\nlet \(name) = await run\n" }
    let stop = "if today > 2020-01-01 { stop }\n"
    let text =
      preamble + outcome("read") + outcome("lost") + "if today > 2020-01-02 { print \"${read}\"; stop }\n" + stop
      + "print \"${read}\"\n" + stop + outcome("late") + stop + stop
    #expect(checked(text).ids == ["unread-outcome", "unread-outcome", "unread-outcome"])
  }

  /// A procedure with many parameters, all given by name and in another order.
  @Test func manyArgumentsFindTheirParameters() {
    let names = (0..<100).map { "x\($0)" }
    let text =
      "procedure p(\(names.joined(separator: ", "))) { print x0 }\n"
      + "p(\(names.reversed().map { "\($0) = 1" }.joined(separator: ", ")))\n"
    #expect(checked(text).ids.isEmpty)
    #expect(checked(text.replacing("x7 = 1", with: "x700 = 1")).ids == ["unknown-argument"])
  }
}
