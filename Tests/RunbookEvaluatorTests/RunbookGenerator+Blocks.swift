import RunbookEvaluator
import RunbookRecord
import TailerSimulator

/// Statements that hold others.
extension RunbookGenerator {
  /// What is around the branches of a `parallel`: whether one may fail there, and nothing that ends all of it.
  mutating func branches(_ around: Surroundings, max: Int, keepsGoing: Bool) -> Surroundings {
    var inner = around
    inner.mayFail = isRacing || around.mayFail && (keepsGoing || max == 1)
    inner.mayEnd = false
    inner.isInLoop = false
    return inner
  }

  mutating func clauses() -> (text: String, max: Int, keepsGoing: Bool) {
    let (max, keepsGoing) = (1 + below(4), one(of: 2))
    return (" max \(max)\(keepsGoing ? " keep going" : "")", max, keepsGoing)
  }

  mutating func parallelSteps(_ around: Surroundings) -> GeneratedStatement {
    let clauses = clauses()
    let inner = branches(around, max: clauses.max, keepsGoing: clauses.keepsGoing)
    let steps = (0..<2 + below(2)).map { _ in
      GeneratedStatement([.words("step \"\(name("step"))\""), block(inner)])
    }
    return GeneratedStatement([.words("parallel\(clauses.text)"), .block(steps)])
  }

  mutating func parallelFor(_ around: Surroundings) -> GeneratedStatement {
    let clauses = clauses()
    var inner = branches(around, max: clauses.max, keepsGoing: clauses.keepsGoing)
    inner.isShared = true
    let day = name("day")
    inner.day = day
    return GeneratedStatement([
      .words("parallel for \(day) in 2020-12-01 .. 2020-12-0\(2 + below(2))\(clauses.text)"),
      block(inner, atMost: 2),
    ])
  }

  mutating func attempt(_ around: Surroundings) -> GeneratedStatement {
    var inner = around
    let takesAll = one(of: 2)
    inner.mayFail = around.mayFail || takesAll
    var parts: [GeneratedStatement.Part] = [.words("try"), block(inner)]
    if one(of: 2) || !takesAll { parts += [.words("catch \(pick(["failed", "timeout"]))"), block(around, atMost: 2)] }
    if takesAll { parts += [.words("catch"), block(around, atMost: 2)] }
    if isRacing, one(of: 4) { parts += [.words("catch unconfirmed"), block(around, atMost: 2)] }
    if one(of: 3) {
      var undone = around
      (undone.mayFail, undone.mayEnd, undone.isInFinally, undone.isInLoop) = (false, false, true, false)
      // A `finally` cannot be ended by an outcome.
      parts += [.words("finally")] + GeneratedStatement([block(undone, atMost: 2)]).ignoring.parts
    }
    return GeneratedStatement(parts)
  }

  mutating func loop(_ around: Surroundings) -> GeneratedStatement {
    var inner = around
    let day = name("day")
    (inner.isInLoop, inner.repeats, inner.day) = (true, true, day)
    return GeneratedStatement([.words("for \(day) in 2020-12-01 .. 2020-12-02"), block(inner)])
  }

  mutating func retry(_ around: Surroundings) -> GeneratedStatement {
    if around.mayFail, one(of: 2) {
      var inner = around
      (inner.isInLoop, inner.repeats) = (false, true)
      return GeneratedStatement([.words("retry 2 times every 20s"), block(inner)])
    }
    guard !around.isShared else { return job(around) }
    let flaky = name("flaky")
    return GeneratedStatement(
      "let \(flaky) = table-to-storage \"\(flaky)\"\nretry 3 times every 10s { launch \(flaky)\nawait run or fail }")
  }

  /// Branches that see what others do to a run, or to an activation, that was there before.
  mutating func shared(_ around: Surroundings) -> GeneratedStatement {
    var inner = around
    (inner.mayFail, inner.mayEnd, inner.isInLoop) = (isRacing, false, false)
    let run = name("run")
    let looks = isRacing ? "check \(run) or ignore" : "await \(run) or ignore"
    var waits: [GeneratedStatement] = [GeneratedStatement(looks)]
    if one(of: 2) { waits.append(statement(inner.inside)) }
    var sees: [GeneratedStatement] = one(of: 2) ? [GeneratedStatement("wait 2m")] : []
    sees.append(
      GeneratedStatement([
        .words("if \(run).status == SUCCESS"), block(inner, atMost: 1), .words("else"), block(inner, atMost: 1),
      ]))
    var steps = [
      GeneratedStatement([.words("step \"\(name("waits"))\""), .block(waits)]),
      GeneratedStatement([.words("step \"\(name("sees"))\""), .block(sees)]),
    ]
    var own = ""
    if isRacing, !around.repeats {
      let name = name("own")
      own = "let \(name) = table-to-storage \"\(name)\"\n"
      steps.append(GeneratedStatement("step \"\(name) off\" { wait 10s\ndisable \(name)\nenable \(name) }"))
      steps.append(GeneratedStatement("step \"\(name) on\" { wait 10s\nlaunch \(name)\nawait run or ignore }"))
    }
    return GeneratedStatement([
      .words("\(own)let \(run) = launch ok\nparallel"), .block(steps),
      .words("\nif \(run).status == SUCCESS"), block(around, atMost: 1), .words("else"), block(around, atMost: 1),
    ])
  }

  mutating func procedure() -> GeneratedStatement {
    var inner = Surroundings()
    (inner.mayFail, inner.mayEnd, inner.isShared, inner.repeats, inner.depth) = (isRacing, false, true, true, 2)
    let (procedure, job, day) = (name("work"), name("job"), name("day"))
    inner.day = day
    // Itself it does not call.
    defer { procedures.append(procedure) }
    return GeneratedStatement([
      .words("procedure \(procedure)(\(job), \(day))"),
      .block([
        GeneratedStatement("launch \(job) on \(day)\nawait run or ignore"), statement(inner),
        GeneratedStatement("return \(day)"),
      ]),
    ])
  }

  mutating func call(_ around: Surroundings) -> GeneratedStatement {
    guard let procedure = procedures.first, !around.isInFinally else { return job(around) }
    let day = around.day ?? "2020-12-0\(1 + below(3))"
    return GeneratedStatement("let \(name("given")) = \(procedure)(\(pick(["ok", "slow", "bad", "guarded"])), \(day))")
  }
}
