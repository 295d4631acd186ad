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
