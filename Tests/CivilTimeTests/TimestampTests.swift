import CivilTime
import Testing

@Suite struct TimestampTests {
  @Test(arguments: [
    ("1970-01-01T00:00:00Z", 0), ("2020-12-30T11:28:43Z", 1_609_327_723_000_000),
    ("2020-12-30T11:28:43.861340+00:00", 1_609_327_723_861_340), ("2020-12-30T12:28:43+0100", 1_609_327_723_000_000),
    ("2020-12-30T06:28:43-05:00", 1_609_327_723_000_000), ("2020-12-30T11:28Z", 1_609_327_680_000_000),
    ("1969-12-31T23:59:59.999999Z", -1), ("2020-12-30 11:28:43z", 1_609_327_723_000_000),
    ("2020-12-30t11:28:43.8Z", 1_609_327_723_800_000), ("2020-12-30T11:28:43.123456789Z", 1_609_327_723_123_456),
    ("0001-01-01T00:00:00Z", -62_135_596_800_000_000), ("9999-12-31T23:59:59.999999Z", 253_402_300_799_999_999),
    ("2021-01-01T00:30:00+01:00", 1_609_457_400_000_000),
  ])
  func knownMoments(text: String, microseconds: Int64) {
    #expect(Timestamp(text)?.microsecondsSinceEpoch == microseconds)
  }

  @Test(arguments: [
    "", "2020-12-30", "2020-12-30T11:28:43", "2020-12-30T24:00:00Z", "2020-12-30T11:60:00Z", "2020-12-30T11:28:60Z",
    "2020-02-30T11:28:43Z", "2020-12-30T11:28:43.Z", "2020-12-30T11:28:43+1", "2020-12-30T11:28:43+24:00",
    "2020-12-30T11:28:43+00:60", "2020-12-30T11:28:43Z ", "2020-12-30T1:28:43Z", "2020-12-30X11:28:43Z", "T11:28:43Z",
    "0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00", "2020-12-30T11Z", "2020-12-30T11:28:43+00:00Z",
    "2020-12-30T11:28:43,5Z",
  ])
  func whatIsNoMoment(text: String) {
    #expect(Timestamp(text) == nil)
  }

  @Test func aMissingZoneIsToleratedOnRequest() {
    #expect(Timestamp("2020-12-30T11:28:43", assumingUTC: true) == Timestamp("2020-12-30T11:28:43Z"))
    #expect(Timestamp("2020-12-30T11:28:43+01:00", assumingUTC: true) == Timestamp("2020-12-30T10:28:43Z"))
    #expect(Timestamp("2020-12-30T11:28:43+", assumingUTC: true) == nil)
  }

  @Test func printedFormsGoRound() {
    let range = Timestamp.earliest.microsecondsSinceEpoch...Timestamp.latest.microsecondsSinceEpoch
    for value in stride(from: range.lowerBound, through: range.upperBound, by: 31_556_952_123_457) {
      let moment = Timestamp(microsecondsSinceEpoch: value)
      #expect(moment != nil)
      #expect(moment.flatMap { Timestamp($0.description) } == moment)
      #expect(moment.flatMap { Timestamp($0.serviceForm) } == moment)
      #expect(moment.map { $0.date.midnight <= $0 } == true)
    }
    #expect(Timestamp(Timestamp.latest.description) == .latest)
    #expect(Timestamp(Timestamp.earliest.description) == .earliest)
  }

  @Test func formsAreTheServicesAndTheLanguages() {
    let whole = Timestamp("2020-12-30T11:28:43Z")
    let split = Timestamp("2020-12-30T11:28:43.50Z")
    #expect(whole?.serviceForm == "2020-12-30T11:28:43+00:00")
    #expect(split?.serviceForm == "2020-12-30T11:28:43.500000+00:00")
    #expect(split?.description == "2020-12-30T11:28:43.5Z")
    #expect(whole?.clock == "11:28:43")
    #expect(Timestamp("1969-12-31T23:59:59.5Z")?.description == "1969-12-31T23:59:59.5Z")
    #expect(Timestamp("1969-12-31T23:59:59.5Z")?.date.description == "1969-12-31")
  }

  @Test func nothingOverflows() {
    #expect(Timestamp(microsecondsSinceEpoch: .max) == nil)
    #expect(Timestamp(microsecondsSinceEpoch: .min) == nil)
    #expect(Timestamp.latest.adding(.milliseconds(1)) == nil)
    #expect(Timestamp.latest.advanced(by: .longest) == .latest)
    #expect(Timestamp.earliest.advanced(by: TimeSpan.longest.negated) == .earliest)
    #expect(Timestamp.earliest.adding(Timestamp.latest.since(.earliest)) == .latest)
    #expect(Timestamp.latest.adding(Timestamp.earliest.since(.latest)) == .earliest)
  }
}
