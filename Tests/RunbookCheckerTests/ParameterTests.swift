import CivilTime
import RunbookChecker
import RunbookDiagnostics
import RunbookSyntax
import TailerAPI
import Testing

struct ParameterTests {
  @Test(arguments: [
    Case("param x"),
    Case("param day: date = yesterday \"The day\"\nparam next: date = day + 1d"),
    Case("param day: date = \"x\"", "type-mismatch"),
    Case("param day: dat", "unknown-parameter-type"),
    Case("param list = [1]", "default-type"),
    Case("let x = 1\nparam y = x", "default-reads"),
    Case("param y = run", "default-reads"),
    Case("param op = (launch (table-to-table \"x\" in DEV of \"000099\"))", "default-acts"),
    Case("procedure p() { return 1 }\nparam y = p()", "default-acts"),
    Case("param t from env \"TICKET\""),
    Case("param t from env \"\"", "not-spelled-out"),
    Case("param x = 1\nparam x = 2", "already-declared"),
    Case("param s: status = FAILED\nprint s == FAILED"),
  ])
  func declarations(_ test: Case) { #expect(checked(test.text).ids == test.ids) }

  private func values(_ text: String, _ arguments: [String], _ environment: [String: String] = [:]) throws
    -> ParameterValues
  {
    let runbook = try #require(checked(text).result.runbook)
    let sources = arguments.enumerated().map { index, argument in
      SourceText(id: SourceID(Int32(100 + index)), name: "argument", text: argument)
    }
    return runbook.parameterValues(sources, environment: environment)
  }

  @Test func readsEveryType() throws {
    let text = """
      param a
      param b: number
      param c: boolean
      param d: date
      param e: date
      param f: timestamp
      param g: duration
      param h: status
      """
    let values = try values(
      text,
      [
        "a=x=y z", "b=-1.5", "c=true", "d=2020-12-30", "e=yesterday", "f=2020-12-30T11:28:43Z", "g=1h30m", "h=FAILED",
      ])
    #expect(values.problems.isEmpty)
    #expect(values.missing.isEmpty)
    let expected: [String: ParameterValue] = [
      "a": .text("x=y z"), "b": .number(try #require(Number("-1.5"))), "c": .boolean(true),
      "d": .date(try #require(CalendarDate("2020-12-30"))), "e": .yesterday,
      "f": .timestamp(try #require(Timestamp("2020-12-30T11:28:43Z"))),
      "g": .duration(try #require(TimeSpan("1h30m"))), "h": .status(.failed),
    ]
    #expect(values.values == expected)
  }

  @Test func saysWhatIsWrongAndWhere() throws {
    let values = try values("param day: date\nparam n: number", ["dya=1", "day=2020-02-30", "n", "day=today"])
    #expect(
      values.problems.map(\.diagnostic.id)
        == ["unknown-parameter", "parameter-value", "not-an-assignment", "parameter-given-twice"])
    #expect(values.problems.first?.diagnostic.fixes.first?.replacement == "day")
    #expect(values.problems.dropFirst().first?.diagnostic.primary.range == SourceRange(SourceID(101), 4, 14))
  }

  @Test func listsAllThatIsMissingAtOnce() throws {
    let values = try values("param a\nparam b\nparam c = 1", [])
    #expect(values.missing.map(\.syntax.name.text) == ["a", "b"])
    #expect(values.missingProblem?.diagnostic.message.contains("`a` and `b`") == true)
  }

  @Test func theEnvironmentGivesWhatNoArgumentGives() throws {
    let text = "param t from env \"TICKET\"\nparam n: number from env \"N\" = 3"
    #expect(try values(text, [], ["TICKET": "T1"]).values == ["t": .text("T1")])
    #expect(try values(text, ["t=T2"], ["TICKET": "T1"]).values == ["t": .text("T2")])
    #expect(try values(text, [], ["TICKET": "", "N": "x"]).problems.map(\.diagnostic.id) == ["parameter-value"])
    #expect(try values(text, []).missing.count == 1)
  }

  @Test(arguments: ["", " ", "x", "1e5", "9999999999999999999", "TRUE", "2020-13-01", "1h1h", "2020-12-30T11:28:43"])
  func refusesWhatIsNone(_ text: String) {
    for type in [ValueType.number, .boolean, .date, .timestamp, .duration] {
      #expect(ParameterValue(text, of: type) == nil)
    }
  }
}
