import CivilTime
import TailerAPI
import Yams

/// A run in a scenario: `FAILED after 2m of stores at 05:00 on 2020-12-29 as 20201230-…`, all parts optional.
struct RunPhrase {
  var outcome: RunStatus?
  var takes: TimeSpan?
  var job: String?
  var moment: Timestamp?
  var executionDate: CalendarDate?
  var runID: String?

  static let outcomes: [RunStatus] = [.success, .failed, .running, .noMatch, .checked, .deactivated]

  /// The run's plan, where a status is said.
  func plan(default span: TimeSpan) -> Scenario.Plan? {
    outcome.map { Scenario.Plan($0, after: takes ?? span) }
  }
}

extension ScenarioReading {
  /// Reads a phrase; `nil` after something wrong has been reported.
  mutating func runPhrase(_ node: Node, from start: Timestamp) -> RunPhrase? {
    guard let text = text(node, what: "a run") else { return nil }
    let words = Self.words(of: text)
    var phrase = RunPhrase()
    var position = 0
    if let first = words.first, !Self.clauses.contains(first.text) {
      let status = RunStatus(first.text)
      guard RunPhrase.outcomes.contains(status) else {
        let names = RunPhrase.outcomes.map(\.name)
        let hint = Spelling.hint(for: first.text, among: names + Self.clauses)
        report(
          "a run begins with a status (\(names.joined(separator: ", "))) or a clause"
            + " (\(Self.clauses.joined(separator: ", "))), not \"\(first.text.printable)\"\(hint)",
          at: node, offset: first.offset)
        return nil
      }
      phrase.outcome = status
      position = 1
    }
    var seen: Set<String> = []
    while position < words.count {
      let clause = words[position]
      guard Self.clauses.contains(clause.text) else {
        let hint = Spelling.hint(for: clause.text, among: Self.clauses)
        report(
          "expected \(Self.clauses.joined(separator: ", ")), not \"\(clause.text.printable)\"\(hint)", at: node,
          offset: clause.offset)
        return nil
      }
      guard seen.insert(clause.text).inserted else {
        report("\"\(clause.text)\" is written twice", at: node, offset: clause.offset)
        return nil
      }
      guard position + 1 < words.count, read(words[position + 1].text, as: clause.text, into: &phrase, from: start)
      else {
        let value = position + 1 < words.count ? words[position + 1] : nil
        let found = value.map { ", not \"\($0.text.printable)\"" } ?? ""
        report(
          "\"\(clause.text)\" needs \(Self.needs(clause.text))\(found)", at: node,
          offset: value?.offset ?? clause.offset)
        return nil
      }
      position += 2
    }
    if let outcome = phrase.outcome, !outcome.isTerminal, phrase.takes != nil {
      report("a \(outcome.name) run never ends and takes no duration", at: node)
      return nil
    }
    if phrase.outcome == nil, phrase.takes != nil {
      report("a duration needs the status in which the run ends", at: node)
      return nil
    }
    return phrase
  }

  private static let clauses = ["after", "of", "at", "on", "as"]

  private static func needs(_ clause: String) -> String {
    switch clause {
    case "after": "a duration such as 90s or 5m"
    case "at": "a moment such as 2020-12-30T05:00:00Z, 05:00 or +5m"
    case "on": "a date such as 2020-12-30"
    case "as": "a run id"
    default: "the name of a job"
    }
  }

  private func read(_ word: String, as clause: String, into phrase: inout RunPhrase, from start: Timestamp) -> Bool {
    switch clause {
    case "after": phrase.takes = TimeSpan(word)
    case "at": phrase.moment = Self.moment(word, from: start)
    case "on": phrase.executionDate = CalendarDate(word)
    case "as": phrase.runID = word
    default: phrase.job = word
    }
    return switch clause {
    case "after": phrase.takes != nil
    case "at": phrase.moment != nil
    case "on": phrase.executionDate != nil
    default: true
    }
  }

  /// The words of a text with their offsets in it, in Unicode scalars.
  static func words(of text: String) -> [(text: String, offset: Int)] {
    var words: [(text: String, offset: Int)] = []
    var isInWord = false
    for (offset, scalar) in text.unicodeScalars.enumerated() {
      if scalar.properties.isWhitespace {
        isInWord = false
      } else if isInWord {
        words[words.count - 1].text.unicodeScalars.append(scalar)
      } else {
        words.append((String(scalar), offset))
        isInWord = true
      }
    }
    return words
  }
}
