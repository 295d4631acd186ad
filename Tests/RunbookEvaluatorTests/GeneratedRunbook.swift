import RunbookEvaluator
import RunbookRecord
import TailerSimulator

/// A statement of a generated runbook, as words and blocks in turn, so that statements can be left out of it.
struct GeneratedStatement: Sendable {
  enum Part: Sendable {
    case words(String)
    case block([GeneratedStatement])
  }

  var parts: [Part]

  init(_ words: String) { parts = [.words(words)] }
  init(_ parts: [Part]) { self.parts = parts }

  /// The same where no outcome fails.
  var ignoring: GeneratedStatement {
    GeneratedStatement(
      parts.map { part in
        switch part {
        case .words(let words): .words(words.replacing("or fail", with: "or ignore"))
        case .block(let statements): .block(statements.map(\.ignoring))
        }
      })
  }

  var text: String {
    parts.map { part in
      switch part {
      case .words(let words): words
      case .block(let statements): "{\n\(statements.text)\n}"
      }
    }.joined(separator: " ")
  }
}

extension [GeneratedStatement] {
  var text: String { map(\.text).joined(separator: "\n") }

  /// All that is left where one statement is left out, or stands no longer around what is in one of its blocks.
  var smaller: [[GeneratedStatement]] {
    indices.flatMap { index -> [[GeneratedStatement]] in
      func with(_ others: [GeneratedStatement]) -> [GeneratedStatement] {
        Array(self[..<index]) + others + Array(self[(index + 1)...])
      }
      var found = [with([])]
      for (place, part) in self[index].parts.enumerated() {
        guard case .block(let inner) = part else { continue }
        found.append(with(inner))
        found += inner.smaller.map { block in
          var statement = self[index]
          statement.parts[place] = .block(block)
          return with([statement])
        }
      }
      return found
    }
  }
}

/// A runbook that was made up, with the platform that it runs on.
struct GeneratedRunbook: Sendable {
  var statements: [GeneratedStatement]
  /// Whether it may come out in several ways, by which of its branches is first.
  let isRacing: Bool
  /// What goes wrong with requests, as a scenario file writes it.
  let faults: [String]

  var text: String { Self.head + statements.text + "\n" }

  static let head = """
    account "000099"
    environment DEV
    let ok = table-to-storage "ok"
    let slow = table-to-storage "slow"
    let bad = table-to-storage "bad"
    let stuck = table-to-storage "stuck"
    let nothing = table-to-storage "nothing"
    let one = table-to-table "one"
    let planned = table-to-storage "planned"
    let guarded = table-to-storage "guarded" in PROD
    let forbidden = table-to-storage "forbidden" in PROD
    let chain = workflow "chain"

    """

  /// What becomes of a run is decided by its operation, and where an operation's runs differ, by how often it was launched.
  var scenario: String {
    let flaky = (1...RunbookGenerator.mostNames).map {
      "  flaky\($0): { table-to-storage: flaky\($0), runs: [FAILED after 20s, SUCCESS after 20s] }"
    }
    return """
      now: 2020-12-30T11:28:00Z
      account: "000099"
      environment: DEV
      operations:
        ok: { table-to-storage: ok, runs: SUCCESS after 40s }
        slow: { table-to-storage: slow, runs: SUCCESS after 4m }
        bad: { table-to-storage: bad, runs: FAILED after 50s }
        stuck: { table-to-storage: stuck, runs: RUNNING }
        nothing: { table-to-storage: nothing, runs: NO_MATCH after 30s }
        one: { table-to-table: one, runs: SUCCESS after 1m }
        planned: { table-to-storage: planned, schedule: [SUCCESS after 1m at +10s] }
        never: { table-to-storage: never }
      \(flaky.joined(separator: "\n"))
      workflows:
        chain: { id: chain, jobs: [never], target: never }
      faults: [\(faults.joined(separator: ", "))]
      """
  }
}

/// A person whose answers are decided by the words of the question alone, whichever process asks.
struct Oracle: People {
  /// Whether it is asked for those who come later.
  let isAlone: Bool

  func answer(_ question: Question) async throws(PeopleError) -> PersonAnswer {
    if isAlone, question.text.contains("later") { throw .nobodyThere }
    return PersonAnswer(isYes: Self.isYes(question.text), by: "ann")
  }

  private static func isYes(_ text: String) -> Bool {
    if text.contains("maybe") { return TextHash(of: text).description.last.map { "02468ace".contains($0) } ?? true }
    return !text.contains("never") && !text.contains("forbidden")
  }
}

/// Makes runbooks that mean something out of all that a runbook can do.
///
/// Unless they are to race, all comes out the same however their branches do: a branch fails beside others only where these
/// go on, an operation whose runs differ is one statement's own, and what decides is what a run came to, and not when it was
/// looked at.
struct RunbookGenerator {
  static let mostNames = 60

  private var random: SeededGenerator
  private let isRacing: Bool
  /// How many more effects there may be.
  private var budget: Int
  private var names = 0
  private var procedures: [String] = []

  /// What a statement has around it.
  private struct Surroundings {
    var depth = 3
    /// Whether a failure here changes nothing for those beside it.
    var mayFail = true
    /// Whether the whole execution may end here.
    var mayEnd = true
    /// Whether it is one place for several branches.
    var isShared = false
    var isInFinally = false
    var isInLoop = false
    /// Whether it may be gone through again.
    var repeats = false
    var day: String?

    var inside: Surroundings {
      var inner = self
      inner.depth -= 1
      return inner
    }
  }

  private init(seed: UInt64, isRacing: Bool, effects: Int) {
    random = SeededGenerator(seed: seed)
    self.isRacing = isRacing
    budget = effects
  }

  static func runbook(seed: UInt64, isRacing: Bool = false, effects: Int = 6) -> GeneratedRunbook {
    var generator = RunbookGenerator(seed: seed, isRacing: isRacing, effects: effects)
    var statements: [GeneratedStatement] = []
    if generator.one(of: 2) { statements.append(generator.procedure()) }
    while generator.budget > 0 { statements.append(generator.statement(Surroundings())) }
    if generator.one(of: 4) { statements += generator.last(Surroundings()) }
    return GeneratedRunbook(statements: statements, isRacing: isRacing, faults: generator.faults(statements.text))
  }

  // MARK: Chance

  private mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &random) }
  private mutating func one(of chances: Int) -> Bool { below(chances) == 0 }
  private mutating func pick<T>(_ choices: [T]) -> T { choices[below(choices.count)] }

  private mutating func name(_ word: String) -> String {
    names = names % Self.mostNames + 1
    return "\(word)\(names)"
  }

  /// What goes wrong with requests. Where a `finally` may begin over a launch that is not known, none is lost for good.
  private mutating func faults(_ text: String) -> [String] {
    guard one(of: 3) else { return [] }
    let others = text.contains("finally") || text.contains("unconfirmed") ? [] : ["request lost"]
    let fault = pick(["reply lost", "slow by 20s", "503 after the effect", "hidden for 1m", "html"] + others)
    return ["launch_job \(1 + below(4)): \(fault)"]
  }

  // MARK: Statements

  private mutating func block(_ around: Surroundings, atMost most: Int = 3) -> GeneratedStatement.Part {
    var statements = [statement(around.inside)]
    for _ in 1..<most where budget > 0 && one(of: 2) { statements.append(statement(around.inside)) }
    if one(of: 8) { statements += last(around.inside) }
    return .block(statements)
  }

  private mutating func statement(_ around: Surroundings) -> GeneratedStatement {
    budget -= 1
    let isDeep = around.depth <= 0 || budget <= 0
    switch below(isDeep ? 11 : 25) {
    case 0..<4: return job(around)
    case 4: return change(around)
    case 5: return GeneratedStatement("print \"\(name("words"))\"")
    case 6: return GeneratedStatement("wait \(pick(["10s", "1m", "3m"]))")
    case 7: return question(around)
    case 8: return look(around)
    case 9: return waitUntil(around)
    case 10: return list(around)
    case 11..<14: return parallelSteps(around)
    case 14..<17: return parallelFor(around)
    case 17..<20: return attempt(around)
    case 20: return loop(around)
    case 21: return retry(around)
    case 22: return GeneratedStatement([.words("step \"\(name("title"))\""), block(around)])
    case 23: return shared(around)
    default: return call(around)
    }
  }

  /// What only stands last in a block, since nothing comes after it.
  private mutating func last(_ around: Surroundings) -> [GeneratedStatement] {
    if around.isInLoop, one(of: 2) { return [GeneratedStatement("if confirm \"\(name("maybe"))?\" { break }")] }
    if around.mayEnd, !around.isInFinally, one(of: 2) {
      return [
        GeneratedStatement(pick(["stop \"enough\"", "confirm \"\(name("never"))?\"", "launch forbidden"]))
      ]
    }
    guard around.mayFail, !around.isInFinally else { return [] }
    return [GeneratedStatement(pick(["fail \"no\"", "require 1 == 2 else \"no\""]))]
  }

  private mutating func date(_ around: Surroundings) -> String {
    if let day = around.day, one(of: 2) { return " on \(day)" }
    return one(of: 2) ? "" : " on 2020-12-0\(1 + below(3))"
  }

  /// A launch and what becomes of it.
  private mutating func job(_ around: Surroundings) -> GeneratedStatement {
    let operation = pick(
      ["ok", "ok", "ok", "slow", "one", "guarded", "bad", "nothing", around.mayFail ? "stuck" : "bad"])
    let launch = "launch \(operation)\(date(around))"
    if isRacing, one(of: 3) { return racingJob(launch, around) }
    switch operation {
    case "stuck": return GeneratedStatement("\(launch)\nawait run timeout 2m or ignore")
    case "bad", "nothing":
      if around.depth > 0, budget > 0, one(of: 3) {
        return GeneratedStatement([
          .words("\(launch)\nawait run\nif status == FAILED"), block(around, atMost: 2), .words("else"),
          block(around, atMost: 2),
        ])
      }
      return GeneratedStatement("\(launch)\nawait run or \(around.mayFail && one(of: 2) ? "fail" : "ignore")")
    default:
      let timeout = operation == "ok" && one(of: 2) ? " timeout 10m" : ""
      let every = one(of: 3) ? " every 30s" : ""
      return GeneratedStatement("\(launch)\nawait run\(timeout)\(every) or fail")
    }
  }

  /// One that comes out by when it is looked at.
  private mutating func racingJob(_ launch: String, _ around: Surroundings) -> GeneratedStatement {
    if around.depth > 0, budget > 0, one(of: 2) {
      return GeneratedStatement([
        .words("\(launch)\ncheck run\nif status == RUNNING"), block(around, atMost: 2), .words("else"),
        block(around, atMost: 2),
      ])
    }
    return GeneratedStatement("\(launch)\nawait run timeout \(pick(["40s", "50s", "1m"])) or fail")
  }

  private mutating func change(_ around: Surroundings) -> GeneratedStatement {
    switch below(4) {
    case 0: return GeneratedStatement("reset chain")
    case 1:
      let status = pick(["FAILED", "CHECKED", "NO_MATCH", "SUCCESS"])
      return GeneratedStatement("launch stuck\nmark run as \(status)\nawait run timeout 1h or ignore")
    case 2 where !around.isShared:
      let own = name("own")
      return GeneratedStatement(
        "let \(own) = table-to-storage \"\(own)\"\ndisable \(own)\nenable \(own)\nlaunch \(own)\nawait run or fail")
    default:
      let switches = [
        "disable [table-to-storage \"left\", table-to-storage \"right\"]",
        "enable table-to-storage \"left\" in PROD", "archive table-to-storage \"old\" in PROD",
      ]
      return GeneratedStatement(pick(switches))
    }
  }

  private mutating func question(_ around: Surroundings) -> GeneratedStatement {
    guard around.depth > 0, budget > 0, one(of: 2) else {
      return GeneratedStatement(
        "\(pick(["confirm", "manual"])) \"\(name(isRacing && one(of: 3) ? "maybe" : pick(["surely", "later"])))?\"")
    }
    return GeneratedStatement([
      .words("if confirm \"\(name("maybe"))?\""), block(around, atMost: 2), .words("else"), block(around, atMost: 2),
    ])
  }

  private mutating func look(_ around: Surroundings) -> GeneratedStatement {
    switch below(4) {
    case 0: return GeneratedStatement("launch ok\nawait run or ignore\ncheck run or fail")
    case 1: return GeneratedStatement("let \(name("found")) = last 3 runs of ok")
    case 2: return GeneratedStatement("let \(name("moment")) = now")
    default:
      return GeneratedStatement(
        "await next run of planned since 2020-12-30T11:28:00Z timeout 1h or fail")
    }
  }

  private mutating func waitUntil(_ around: Surroundings) -> GeneratedStatement {
    if around.mayFail, one(of: 3) {
      return GeneratedStatement("wait until (last run of stuck with status SUCCESS) != none every 1m timeout 3m")
    }
    if one(of: 2) {
      return GeneratedStatement(
        "launch ok\nwait until (last run of ok with status SUCCESS) != none every 30s timeout 1h")
    }
    let run = name("run")
    return GeneratedStatement(
      "let \(run) = launch slow\nwait until (check \(run)) == SUCCESS every 1m timeout 1h")
  }

  private mutating func list(_ around: Surroundings) -> GeneratedStatement {
    let (runs, fails) = (name("runs"), around.mayFail && one(of: 2))
    let operations = pick(["ok, slow", "ok, bad", "ok, ok", "guarded, ok", "one, bad, nothing"])
    return GeneratedStatement(
      "let \(runs) = launch [\(operations)]\(date(around))\nawait \(runs) or \(fails ? "fail" : "ignore")")
  }

  // MARK: Blocks

  /// What is around the branches of a `parallel`: whether one may fail there, and nothing that ends all of it.
  private mutating func branches(_ around: Surroundings, max: Int, keepsGoing: Bool) -> Surroundings {
    var inner = around
    inner.mayFail = isRacing || around.mayFail && (keepsGoing || max == 1)
    inner.mayEnd = false
    inner.isInLoop = false
    return inner
  }

  private mutating func clauses() -> (text: String, max: Int, keepsGoing: Bool) {
    let (max, keepsGoing) = (1 + below(4), one(of: 2))
    return (" max \(max)\(keepsGoing ? " keep going" : "")", max, keepsGoing)
  }

  private mutating func parallelSteps(_ around: Surroundings) -> GeneratedStatement {
    let clauses = clauses()
    let inner = branches(around, max: clauses.max, keepsGoing: clauses.keepsGoing)
    let steps = (0..<2 + below(2)).map { _ in
      GeneratedStatement([.words("step \"\(name("step"))\""), block(inner)])
    }
    return GeneratedStatement([.words("parallel\(clauses.text)"), .block(steps)])
  }

  private mutating func parallelFor(_ around: Surroundings) -> GeneratedStatement {
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

  private mutating func attempt(_ around: Surroundings) -> GeneratedStatement {
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

  private mutating func loop(_ around: Surroundings) -> GeneratedStatement {
    var inner = around
    let day = name("day")
    (inner.isInLoop, inner.repeats, inner.day) = (true, true, day)
    return GeneratedStatement([.words("for \(day) in 2020-12-01 .. 2020-12-02"), block(inner)])
  }

  private mutating func retry(_ around: Surroundings) -> GeneratedStatement {
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
  private mutating func shared(_ around: Surroundings) -> GeneratedStatement {
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

  private mutating func procedure() -> GeneratedStatement {
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

  private mutating func call(_ around: Surroundings) -> GeneratedStatement {
    guard let procedure = procedures.first, !around.isInFinally else { return job(around) }
    let day = around.day ?? "2020-12-0\(1 + below(3))"
    return GeneratedStatement("let \(name("given")) = \(procedure)(\(pick(["ok", "slow", "bad", "guarded"])), \(day))")
  }
}
