import GoldenSupport
import Testing

/// What the goldens of whole executions hold, and what they leave out.
@Suite struct PacingTests {
  private static func told(
    looks: Int, launches: Int = 1, found: Int = 1, noticed: String = "2s", operation: String = "prepare"
  ) -> String {
    let lines = (0..<looks).map { minute in
      """
      20:0\(minute):00    last runs of table-to-table "\(operation)" in DEV of "000099" limit 10: \(found)
      20:0\(minute):00    last runs of table-to-table "report" in DEV of "000099" limit 10: 0

      """
    }
    return lines.joined() + """
      20:30:00  the condition holds, after \(looks) look\(looks == 1 ? "" : "s")
      \(2 * looks + launches) requests (\(2 * looks) get_last_status, \(launches) launch_job; \(looks) of them again); \
      2 awaits took \(looks) looks and noticed \(noticed) after the end at the latest, \(noticed) in the middle
      done (rehearsed)
      """
  }

  @Test func theyStayWhenThePausesChange() {
    #expect(withoutPacing(Self.told(looks: 1)) == withoutPacing(Self.told(looks: 7, noticed: "1m3s")))
  }

  @Test func theyChangeWithAllElse() {
    let all = [
      Self.told(looks: 3), Self.told(looks: 3, launches: 2), Self.told(looks: 3, found: 2),
      Self.told(looks: 3, operation: "export"),
    ]
    #expect(Set(all.map(withoutPacing)).count == all.count)
  }

  @Test func theSameLookAfterSomethingElseStays() {
    let look = #"20:00:00  last runs of table-to-table "prepare" in DEV of "000099" limit 10: 1"#
    let told = [look, "20:00:00  disabled table-to-table prepare in DEV", look].joined(separator: "\n")
    #expect(withoutPacing(told) == told)
  }
}
