import CivilTime
import Testing

@Suite struct TimeSpanTests {
  @Test(arguments: [
    ("0s", 0), ("500ms", 500_000), ("10s", 10_000_000), ("30m", 1_800_000_000), ("1h30m", 5_400_000_000),
    ("2d", 172_800_000_000), ("1.5s", 1_500_000), ("1m24.002s", 84_002_000), ("1d0.001s", 86_400_001_000),
    ("0.000001s", 1), ("1d2h3m4.5s", 93_784_500_000), ("0.0015s", 1_500),
  ])
  func knownForms(text: String, microseconds: Int64) {
    #expect(TimeSpan(text)?.microseconds == microseconds)
    #expect(TimeSpan(microseconds: microseconds)?.description == text)
  }

  @Test(arguments: [("90s", "1m30s"), ("60m", "1h"), ("24h", "1d"), ("1500ms", "1.5s"), ("0.5h", "30m"), ("0m", "0s")])
  func otherFormsAreRead(text: String, shown: String) {
    #expect(TimeSpan(text)?.description == shown)
  }

  @Test(arguments: [
    "", " ", "1", "s", "1 s", "-1s", "+1s", "1x", "1m1h", "1s1s", "1s ", " 1s", "1.s", ".5s", "1..5s", "1h30", "1S",
    "9999999999999999999d", "4000000d", "999999999999999s1s", "1e3s", "１s", "3660001d", "3660000d1s", "1s\0",
  ])
  func whatIsNoDuration(text: String) {
    #expect(TimeSpan(text) == nil)
  }

  @Test func printedFormsGoRound() {
    var span: Int64 = 1
    while span < 300_000_000_000_000_000 {
      for value in [span, span + 1, span * 3 / 2] {
        let whole = TimeSpan(microseconds: value)
        #expect(whole.flatMap { TimeSpan($0.description) } == whole)
        for signed in [whole, whole?.negated] {
          #expect(signed.flatMap { TimeSpan(pythonTimedelta: $0.pythonTimedelta) } == signed)
        }
      }
      span *= 7
    }
  }

  @Test(arguments: [
    ("0:00:03.885654", 3_885_654), ("0:01:24", 84_000_000), ("0:01:24.002519", 84_002_519),
    ("1 day, 2:03:04.5", 93_784_500_000), ("-1 day, 23:59:59", -1_000_000), ("3 days, 0:00:00", 259_200_000_000),
    ("30:00:00", 108_000_000_000), ("-2 days, 0:00:00", -172_800_000_000), ("0 days, 1:00:00", 3_600_000_000),
    ("00:01:24", 84_000_000),
  ])
  func timedeltas(text: String, microseconds: Int64) {
    #expect(TimeSpan(pythonTimedelta: text)?.microseconds == microseconds)
  }

  @Test(arguments: [
    "", "0:1:24", "0:01:60", "0:60:00", "1 day", "1 day, ", "1 day, 24:00:00", "-0:00:01", "0:00:00.", "0:00", "1:2:3",
    "9999999 days, 0:00:00", "0:00:01 ", "1day, 0:00:00", "99999999999:00:00", "PT1M", "84.0", "-9999999 days, 0:00:00",
  ])
  func whatIsNoTimedelta(text: String) {
    #expect(TimeSpan(pythonTimedelta: text) == nil)
  }

  @Test func timedeltasArePrintedAsPythonDoes() {
    #expect(TimeSpan.seconds(84).pythonTimedelta == "0:01:24")
    #expect(TimeSpan(microseconds: 84_002_519)?.pythonTimedelta == "0:01:24.002519")
    #expect(TimeSpan.hours(50).pythonTimedelta == "2 days, 2:00:00")
    #expect(TimeSpan.seconds(-1).pythonTimedelta == "-1 day, 23:59:59")
    #expect(TimeSpan.zero.pythonTimedelta == "0:00:00")
  }

  @Test func nothingOverflows() {
    #expect(TimeSpan(microseconds: .max) == nil)
    #expect(TimeSpan(microseconds: .min) == nil)
    #expect(TimeSpan.longest.adding(TimeSpan(microseconds: 1) ?? .zero) == nil)
    #expect(TimeSpan.longest.negated.subtracting(.longest) == nil)
    #expect(TimeSpan.longest.subtracting(.longest) == .zero)
    #expect(TimeSpan.days(.max) == .longest)
    #expect(TimeSpan.days(.min) == TimeSpan.longest.negated)
    #expect(TimeSpan.milliseconds(.max) == .longest)
    #expect(TimeSpan.seconds(.infinity) == .longest)
    #expect(TimeSpan.seconds(-.infinity) == TimeSpan.longest.negated)
    #expect(TimeSpan.seconds(.nan) == .zero)
    #expect(TimeSpan.seconds(1e300) == .longest)
    #expect(TimeSpan.longest.scaled(by: 1e9) == .longest)
    #expect(TimeSpan.seconds(10).scaled(by: 0.5) == .seconds(5))
    #expect(TimeSpan(TimeSpan.longest.description) == .longest)
  }

  @Test func negativeSpansAreShown() {
    #expect(TimeSpan.minutes(-90).description == "-1h30m")
    #expect(TimeSpan.milliseconds(-250).description == "-250ms")
    #expect(TimeSpan.seconds(-1) < .zero)
  }
}
