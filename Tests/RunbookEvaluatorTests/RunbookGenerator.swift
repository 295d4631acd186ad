import RunbookEvaluator
import RunbookRecord
import TailerSimulator

/// Makes runbooks that mean something out of all that a runbook can do.
///
/// Unless they are to race, all comes out the same however their branches do: a branch fails beside others only where these
/// go on, an operation whose runs differ is one statement's own, and what decides is what a run came to, and not when it was
/// looked at.
struct RunbookGenerator {
  static let mostNames = 60

  private var random: SeededGenerator
  let isRacing: Bool
  /// How many more effects there may be.
  var budget: Int
  private var names = 0
  var procedures: [String] = []

  /// What a statement has around it.
  struct Surroundings {
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

  mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &random) }
  mutating func one(of chances: Int) -> Bool { below(chances) == 0 }
  mutating func pick<T>(_ choices: [T]) -> T { choices[below(choices.count)] }

  mutating func name(_ word: String) -> String {
    names = names % Self.mostNames + 1
    return "\(word)\(names)"
  }

  /// What goes wrong with requests. Where a `finally` may begin over a launch that is not known, none is lost for good.
  mutating func faults(_ text: String) -> [String] {
    guard one(of: 3) else { return [] }
    let others = text.contains("finally") || text.contains("unconfirmed") ? [] : ["request lost"]
    let fault = pick(["reply lost", "slow by 20s", "503 after the effect", "hidden for 1m", "html"] + others)
    return ["launch_job \(1 + below(4)): \(fault)"]
  }

  // MARK: Statements

  mutating func block(_ around: Surroundings, atMost most: Int = 3) -> GeneratedStatement.Part {
    var statements = [statement(around.inside)]
    for _ in 1..<most where budget > 0 && one(of: 2) { statements.append(statement(around.inside)) }
    if one(of: 8) { statements += last(around.inside) }
    return .block(statements)
  }

  mutating func statement(_ around: Surroundings) -> GeneratedStatement {
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
  mutating func last(_ around: Surroundings) -> [GeneratedStatement] {
    if around.isInLoop, one(of: 2) { return [GeneratedStatement("if confirm \"\(name("maybe"))?\" { break }")] }
    if around.mayEnd, !around.isInFinally, one(of: 2) {
      return [
        GeneratedStatement(pick(["stop \"enough\"", "confirm \"\(name("never"))?\"", "launch forbidden"]))
      ]
    }
    guard around.mayFail, !around.isInFinally else { return [] }
    return [GeneratedStatement(pick(["fail \"no\"", "require 1 == 2 else \"no\""]))]
  }

  mutating func date(_ around: Surroundings) -> String {
    if let day = around.day, one(of: 2) { return " on \(day)" }
    return one(of: 2) ? "" : " on 2020-12-0\(1 + below(3))"
  }

  /// A launch and what becomes of it.
  mutating func job(_ around: Surroundings) -> GeneratedStatement {
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
  mutating func racingJob(_ launch: String, _ around: Surroundings) -> GeneratedStatement {
    if around.depth > 0, budget > 0, one(of: 2) {
      return GeneratedStatement([
        .words("\(launch)\ncheck run\nif status == RUNNING"), block(around, atMost: 2), .words("else"),
        block(around, atMost: 2),
      ])
    }
    return GeneratedStatement("\(launch)\nawait run timeout \(pick(["40s", "50s", "1m"])) or fail")
  }

  mutating func change(_ around: Surroundings) -> GeneratedStatement {
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

  mutating func question(_ around: Surroundings) -> GeneratedStatement {
    guard around.depth > 0, budget > 0, one(of: 2) else {
      return GeneratedStatement(
        "\(pick(["confirm", "manual"])) \"\(name(isRacing && one(of: 3) ? "maybe" : pick(["surely", "later"])))?\"")
    }
    return GeneratedStatement([
      .words("if confirm \"\(name("maybe"))?\""), block(around, atMost: 2), .words("else"), block(around, atMost: 2),
    ])
  }

  mutating func look(_ around: Surroundings) -> GeneratedStatement {
    switch below(4) {
    case 0: return GeneratedStatement("launch ok\nawait run or ignore\ncheck run or fail")
    case 1: return GeneratedStatement("let \(name("found")) = last 3 runs of ok")
    case 2: return GeneratedStatement("let \(name("moment")) = now")
    default:
      return GeneratedStatement(
        "await next run of planned since 2020-12-30T11:28:00Z timeout 1h or fail")
    }
  }

  mutating func waitUntil(_ around: Surroundings) -> GeneratedStatement {
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

  mutating func list(_ around: Surroundings) -> GeneratedStatement {
    let (runs, fails) = (name("runs"), around.mayFail && one(of: 2))
    let operations = pick(["ok, slow", "ok, bad", "ok, ok", "guarded, ok", "one, bad, nothing"])
    return GeneratedStatement(
      "let \(runs) = launch [\(operations)]\(date(around))\nawait \(runs) or \(fails ? "fail" : "ignore")")
  }
}
