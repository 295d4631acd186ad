import CivilTime
import FoundationEssentials
import Testing

@Suite struct CodingTests {
  private struct Everything: Codable, Equatable {
    var date: CalendarDate
    var moment: Timestamp
    var span: TimeSpan
  }

  @Test func valuesGoRound() throws {
    let everything = Everything(
      date: try #require(CalendarDate("2020-02-29")), moment: try #require(Timestamp("2020-12-30T11:28:43.861340Z")),
      span: .minutes(90))
    let data = try JSONEncoder().encode(everything)
    #expect(try JSONDecoder().decode(Everything.self, from: data) == everything)
  }

  @Test(arguments: [
    #"{"date":"2020-02-30","moment":"2020-12-30T11:28:43Z","span":1}"#,
    #"{"date":"2020-02-29","moment":"2020-12-30T11:28:43","span":1}"#,
    #"{"date":"2020-02-29","moment":"2020-12-30T11:28:43Z","span":9223372036854775807}"#,
    #"{"date":1,"moment":"2020-12-30T11:28:43Z","span":1}"#,
  ])
  func whatIsWrongIsRefused(text: String) {
    #expect(throws: DecodingError.self) { try JSONDecoder().decode(Everything.self, from: Data(text.utf8)) }
  }
}
