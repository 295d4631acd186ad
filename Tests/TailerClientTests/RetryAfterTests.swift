import CivilTime
import FaultSupport
import Testing

@testable import TailerClient

@Suite struct RetryAfterTests {
  private static let now = Timestamp("2020-12-30T11:28:43Z") ?? .earliest

  @Test(arguments: [
    ("0", 0.0), ("7", 7), ("1.5", 1.5), ("Wed, 30 Dec 2020 11:28:53 GMT", 10), ("Wed, 30 Dec 2020 10:00:00 GMT", 0),
    ("Fri, 1 Jan 2021 00:00:00 GMT", 131_477),
  ])
  func readsBothForms(_ value: String, _ seconds: Double) {
    #expect(RetryAfter.span(value, now: Self.now) == .seconds(seconds))
  }

  @Test(arguments: [
    nil, "", " ", "-1", "soon", "1e9", "nan", "inf", "0x10", "Wed, 30 Foo 2020 11:28:53 GMT",
    "Wed, 30 Feb 2020 11:28:53 GMT", "Wed, 30 Dec 2020 25:28:53 GMT",
  ])
  func passesOverTheRest(_ value: String?) {
    #expect(RetryAfter.span(value, now: Self.now) == nil)
  }

  /// RFC 9110, 5.6.7: a recipient takes the two obsolete forms too.
  @Test(arguments: ["Wednesday, 30-Dec-20 11:28:53 GMT", "Wed Dec 30 11:28:53 2020"])
  func readsTheObsoleteDates(_ value: String) {
    let span = RetryAfter.span(value, now: Self.now)
    #expect(span == .seconds(10))
  }
}
