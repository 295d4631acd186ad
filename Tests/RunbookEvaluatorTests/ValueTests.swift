import CivilTime
import RehearsalSupport
import RunbookDiagnostics
import RunbookEvaluator
import RunbookRecord
import TailerAPI
import TailerSimulator
import Testing

@Suite struct ValueTests {
  @Test(arguments: [
    ("1 + 2 * 3", "7"), ("(1 + 2) * 3", "9"), ("7 / 2", "3.5"), ("7 % 3", "1"), ("-7 % 3", "-1"), ("0.1 + 0.2", "0.3"),
    ("1 / 3", "0.333333333"), ("2 / 3", "0.666666667"), ("-2 / 3", "-0.666666667"), ("2 - 3", "-1"), ("- 5", "-5"),
    ("\"a\" + \"b\"", "ab"), ("\"${1 + 1} of ${\"x\".count}\"", "nothing"),
    ("30m + 90s", "31m30s"), ("2 * 30s", "1m"), ("1h / 4", "15m"), ("1h / 15m", "4"), ("90s % 1m", "30s"),
    ("500ms * 3", "1.5s"), ("-1h", "-1h"), ("1d - 1s", "23h59m59s"),
    ("2020-03-01 - 1d", "2020-02-29"), ("2020-12-30 + 2d", "2021-01-01"), ("2021-01-01 - 2020-12-30", "2d"),
    ("today", "2020-12-30"), ("yesterday", "2020-12-29"), ("today-1d", "2020-12-29"),
    ("2020-12-30T11:28:43Z + 10m", "2020-12-30T11:38:43Z"),
    ("2020-12-30T11:28:43Z - 2020-12-30T11:28:00Z", "43s"), ("2020-12-30T01:00:00+02:00", "2020-12-29T23:00:00Z"),
    ("1 < 2", "true"), ("2 <= 1", "false"), ("\"a\" < \"b\"", "true"), ("1h > 59m", "true"),
    ("2020-12-30 >= 2020-12-30", "true"), ("SUCCESS == SUCCESS", "true"), ("SUCCESS != FAILED", "true"),
    ("not true", "false"), ("true and false", "false"), ("false or true", "true"), ("not false and true", "true"),
    ("[1, 2, 3]", "[1, 2, 3]"), ("[1, 2, 3].count", "3"), ("[1, 2, 3][1]", "2"), ("[1, 2] contains 2", "true"),
    ("\"abc\" contains \"bc\"", "true"), ("[1, 2, 3] where it > 1", "[2, 3]"), ("(1 .. 4)", "[1, 2, 3, 4]"),
    ("(2020-12-30 .. 2021-01-01).count", "3"), ("(3 .. 1).count", "0"), ("[1, 2].first == none", "false"),
    ("date(\"2020-12-30\")", "2020-12-30"), ("date(2020-12-30T23:00:00Z)", "2020-12-30"),
    ("timestamp(2020-12-30)", "2020-12-30T00:00:00Z"), ("timestamp(\"2020-12-30T11:28:43Z\")", "2020-12-30T11:28:43Z"),
    ("number(\"1.50\")", "1.5"), ("text(30m)", "30m"), ("none", "none"), ("prepare", "p"), ("prepare.id", "p_DEV"),
    ("prepare.name", "p"), ("prepare.type", "table-to-table"), ("prepare.account", "000099"),
    ("prepare.environment", "DEV"), ("(table-to-table verbatim \"p\").id", "p"),
    ("(table-to-table \"p_DEV\").id", "p_DEV"), ("(table-to-storage \"x\" in PROD of \"000001\").environment", "PROD"),
    ("(job \"storage-to-storage|000099|s|DEV|x-{{FD_DATE}}.csv\").id", "s"),
    ("(table-to-table \"p\") == prepare", "true"),
    ("'raw \\n ${x}'", "raw \\n ${x}"), ("\"{{FD_DATE}} \\${x}\"", "{{FD_DATE}} ${x}"),
  ])
  func expressions(_ text: String, _ expected: String) throws {
    guard expected != "nothing" else { return }
    #expect(try value(of: text) == expected)
  }

  /// What the checker cannot see, for it hangs on the value of `zero`, which only running knows.
  @Test(arguments: [
    ("1 / zero", "division-by-zero"), ("1 % zero", "division-by-zero"), ("1h / zero", "division-by-zero"),
    ("1h / (0s * one)", "division-by-zero"), ("1000000000000000 * (one * 10)", "out-of-range"),
    ("9999-12-31 + 1d * one", "out-of-range"), ("0001-01-01 - 1d * one", "out-of-range"),
    ("9999-12-31T23:59:59Z + 1d * one", "out-of-range"), ("3000000d * (one * 2)", "out-of-range"),
    ("2020-12-30 + 1h * one", "wrong-type"), ("[1, 2][one * 2]", "no-such-element"),
    ("[1, 2][zero - 1]", "no-such-element"), ("[1, 2][one / 2]", "no-such-element"),
    ("date(text(one))", "not-convertible"), ("number(word)", "not-convertible"), ("timestamp(word)", "not-convertible"),
    ("(1 .. one * 2000000)", "range-too-long"), ("(one / 2 .. 2)", "wrong-type"),
  ])
  func runtimeFailures(_ text: String, _ id: String) throws {
    let outcome = try rehearse(
      "var zero = number(\"0\")\nvar one = number(\"1\")\nvar word = \"${one} day\"\nzero = zero * one\nprint text(\(text))"
    )
    #expect(outcome.failure?.id == id)
    #expect(outcome.exitStatus == 1)
    #expect(outcome.simulator.requestCount == 0)
  }

  @Test func aTextThatDoublesIsBounded() throws {
    let outcome = try rehearse("var t = \"0123456789abcdef\"\nfor n in 1 .. 100 { t = t + t }")
    #expect(outcome.failure?.id == "text-too-long")
  }

  /// Whatever goes through a list, to show, compare or release it, goes as deep as lists are in each other, and through all
  /// that they hold.
  @Test(arguments: ["x = [x]", "x = [x, x]", "x = [none, [[x]]]"])
  func aListThatGrowsIsBounded(_ step: String) throws {
    let outcome = try rehearse("var x = []\nfor n in 1 .. 1000000 { \(step) }")
    #expect(outcome.failure?.id == "list-too-large")
  }

  @Test(arguments: ["print [t, t, t]", "print \"${[t, t, t]}\"", "for x in [[t, t, t]] { print x }"])
  func aListsTextIsBounded(_ statement: String) throws {
    let outcome = try rehearse("var t = \"0123456789abcdef\"\nfor n in 1 .. 19 { t = t + t }\n\(statement)")
    #expect(outcome.failure?.id == "text-too-long")
  }

  @Test func aMillionStepsEnd() throws {
    let outcome = try rehearse("var sum = 0\nfor n in 1 .. 1000000 { sum = sum + n }\nprint \"${sum}\"")
    #expect(outcome.printed == ["500000500000"])
  }
}
