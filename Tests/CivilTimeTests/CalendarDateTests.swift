import CivilTime
import Testing

@Suite struct CalendarDateTests {
  /// Counts through the calendar by its rules alone and compares every day of it.
  @Test func everyDayHasItsNumberAndItsName() {
    var (year, month, day) = (1, 1, 1)
    var wrong: [String] = []
    for number in CalendarDate.earliest.daysSinceEpoch...CalendarDate.latest.daysSinceEpoch {
      let byNumber = CalendarDate(daysSinceEpoch: number)
      let byName = CalendarDate(year: year, month: month, day: day)
      if byNumber == nil || byNumber != byName || byNumber?.yearMonthDay ?? (0, 0, 0) != (year, month, day) {
        wrong.append("\(number): \(year)-\(month)-\(day)")
        if wrong.count > 5 { break }
      }
      let isLeap = year % 400 == 0 || (year % 4 == 0 && year % 100 != 0)
      let length = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
      (day, month, year) =
        day < length ? (day + 1, month, year) : month < 12 ? (1, month + 1, year) : (1, 1, year + 1)
    }
    #expect(wrong == [])
    #expect((year, month, day) == (10_000, 1, 1))
  }

  @Test func textGoesRound() {
    let days = [CalendarDate.earliest.daysSinceEpoch, -1, 0, 1, 18_626, CalendarDate.latest.daysSinceEpoch]
    let sampled = stride(from: CalendarDate.earliest.daysSinceEpoch, to: CalendarDate.latest.daysSinceEpoch, by: 389)
    for number in days + Array(sampled) {
      let date = CalendarDate(daysSinceEpoch: number)
      #expect(date.flatMap { CalendarDate($0.description) } == date)
      #expect(date?.description.utf8.count == 10)
    }
  }

  @Test(arguments: [
    ("1970-01-01", 0), ("0001-01-01", -719_162), ("9999-12-31", 2_932_896), ("2020-12-30", 18_626),
    ("2000-02-29", 11_016), ("1969-12-31", -1), ("2020-02-29", 18_321),
  ])
  func knownDays(text: String, number: Int) {
    #expect(CalendarDate(text)?.daysSinceEpoch == number)
    #expect(CalendarDate(daysSinceEpoch: number)?.description == text)
  }

  @Test(arguments: [
    "", "2020-02-30", "2019-02-29", "1900-02-29", "2020-13-01", "2020-00-01", "2020-01-00", "2020-1-01", "2020-01-1",
    "20200101", "2020-01-01 ", " 2020-01-01", "2020-01-01T", "0000-01-01", "10000-01-01", "-2020-01-01", "2020/01/01",
    "２０２０-01-01", "2020-01-0a", "2020-01-001", "2020-01-", "2020", "2020-01-01\0",
  ])
  func whatIsNoDate(text: String) {
    #expect(CalendarDate(text) == nil)
  }

  @Test func arithmeticEndsAtTheRange() {
    #expect(CalendarDate.latest.adding(days: 1) == nil)
    #expect(CalendarDate.earliest.adding(days: -1) == nil)
    #expect(CalendarDate.latest.adding(days: .max) == nil)
    #expect(CalendarDate.earliest.adding(days: .min) == nil)
    #expect(CalendarDate(daysSinceEpoch: .max) == nil)
    #expect(CalendarDate(daysSinceEpoch: .min) == nil)
    #expect(CalendarDate(year: .max, month: 1, day: 1) == nil)
    #expect(CalendarDate(year: 2020, month: .min, day: .max) == nil)
    #expect(CalendarDate("2020-12-30")?.adding(days: 2)?.description == "2021-01-01")
    #expect(CalendarDate("2020-03-01")?.adding(days: -1)?.description == "2020-02-29")
  }

  @Test func daysAreOrdered() throws {
    let earlier = try #require(CalendarDate("2019-12-31"))
    let later = try #require(CalendarDate("2020-01-01"))
    #expect(earlier < later)
    #expect(later.midnight.description == "2020-01-01T00:00:00Z")
    #expect(CalendarDate.days(inMonth: 2, ofYear: 2100) == 28)
  }
}
