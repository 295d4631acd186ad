import CivilTime
import RunbookEvaluator
import RunbookRecord
import RunbookSession
import Testing
import YAMLDocuments

@Suite struct SettingsTests {
  private func settings(_ layers: (String, [SettingKey: [String]])...) -> Settings {
    Settings(layers: layers.map { Settings.Layer(name: $0.0, values: $0.1) })
  }

  @Test func theFirstLayerThatSaysSoWins() {
    let settings = settings(("command line", [.account: ["000001"]]), ("profile", [.account: ["000002"], .cap: ["4"]]))
    #expect(settings.text(.account) == "000001")
    #expect(settings.origin(of: .cap)?.layer == "profile")
    #expect(settings.origin(of: .timeout)?.layer == "built in")
    #expect(settings.origin(of: .url) == nil)
  }

  @Test func theEnvironmentSetsWhatItMayAndEmptyIsNothing() {
    let layer = Settings.layer(
      fromEnvironment: ["TAILER_API_URL": "https://a.example", "TAILER_API_JWT": "", "ACCOUNT": "000001"])
    #expect(layer.values == [.url: ["https://a.example"]])
  }

  @Test func theExplanationShowsNoSecret() {
    let text = settings(("environment", [.token: ["abc.def.ghi"]])).explanation { "" }.joined(separator: "\n")
    #expect(text.contains("set, not shown  (environment)"))
    #expect(!text.contains("abc"))
  }

  @Test(arguments: [
    ([SettingKey.account: ["12"]], "six digits"), ([.account: ["00000x"]], "six digits"),
    ([.environment: ["PRD"]], "known are"), ([.environments: ["a b"]], "no environment's name"),
    ([.protected: [""]], "no environment's name"),
  ])
  func whatCannotBeMeantIsRefused(_ values: [SettingKey: [String]], _ words: String) {
    let error = #expect(throws: SettingsError.self) { try settings(("profile", values)).validate() }
    #expect(error?.message.contains(words) == true)
  }

  @Test func aPolicyIsMadeOfThem() throws {
    let policy = try settings(
      ("profile", [.protected: ["QA"], .environments: ["QA"], .cap: ["3"], .timeout: ["2h"]])
    ).policy(isReadOnly: true)
    #expect(policy.guards.protectedEnvironments == ["QA"])
    #expect(policy.guards.isReadOnly)
    #expect(policy.cap == 3)
    #expect(policy.defaultTimeout == .hours(2))
    #expect(policy.environments.contains("QA"))
  }

  @Test(arguments: [
    [SettingKey.cap: ["0"]], [.cap: ["many"]], [.timeout: ["soon"]], [.timeout: ["0s"]], [.visibilityDelay: ["-1m"]],
  ])
  func numbersAndDurationsAreChecked(_ values: [SettingKey: [String]]) {
    #expect(throws: SettingsError.self) { try settings(("command line", values)).policy(isReadOnly: false) }
  }

  /// A name that is misspelt would leave its environment without protection.
  @Test func onlyKnownEnvironmentsAreProtected() throws {
    let error = #expect(throws: SettingsError.self) { try settings(("profile p", [.protected: ["PRD"]])).validate() }
    #expect(
      error?.message
        == "protected from the profile p names “PRD”, an environment that is not known; did you mean “PROD”?")
    try settings(("profile p", [.protected: ["QA", "PROD"], .environments: ["QA"]])).validate()
    try settings(("profile p", [.protected: []])).validate()
  }

  @Test func theCapOnRequestsHasBounds() throws {
    func rate(_ text: String) throws -> Double {
      try settings(("profile", [.requestsPerSecond: [text]])).requestsPerSecond()
    }
    for text in ["0.01", "1", "2.5", "1000000", "1e3"] { #expect(try rate(text) == Double(text)) }
    for text in ["0", "0.009", "-1", "1000001", "inf", "nan", "many", "1/s"] {
      let error = #expect(throws: SettingsError.self, "\(text)") { try rate(text) }
      #expect(error?.message == "requests-per-second is “\(text)”, and has to be a number from 0.01 to 1000000")
    }
    #expect(try settings().requestsPerSecond() == 500)
  }
}

@Suite struct ConfigurationFileTests {
  private func layer(_ yaml: String, profile: String? = nil) throws -> Settings.Layer {
    try ConfigurationFile(path: "config.yaml", bytes: Array(yaml.utf8)).layer(profile: profile)
  }

  @Test func scalarsAreTakenAsWritten() throws {
    let layer = try layer(
      "profiles:\n  work:\n    account: 000099\n    token-command: a b\n    protected: [PROD, QA]\n")
    #expect(layer.name == "profile work")
    #expect(layer.values == [.account: ["000099"], .tokenCommand: ["a", "b"], .protected: ["PROD", "QA"]])
  }

  @Test func aProfileIsChosen() throws {
    let yaml = "profile: a\nprofiles:\n  a: { cap: 1 }\n  b: { cap: 2 }\n"
    #expect(try layer(yaml).values[.cap] == ["1"])
    #expect(try layer(yaml, profile: "b").values[.cap] == ["2"])
    #expect(try layer("").values.isEmpty)
  }

  @Test(arguments: [
    ("profiles: {work: {acount: 1}}", "did you mean “account”"), ("profile: x", "no profile “x”"),
    ("profiles: {work: {token: x}}", "TAILER_API_JWT"), ("profiles: {work: {url: [a]}}", "has to be a text"),
    ("profiles: {work: {protected: [[a]]}}", "list of texts"), ("profiles: 3", "names with values"),
    ("prfiles: {}", "did you mean “profiles”"), ("a: [", "a value is wanted here"), ("- a", "names with values"),
  ])
  func whatIsWrongIsSaid(_ yaml: String, _ words: String) {
    let error = #expect(throws: DocumentError.self) { try layer(yaml) }
    #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
    #expect(error?.description.contains("config.yaml:1:") == true)
  }
}

@Suite struct ExecutionIDTests {
  @Test func theyTellTheTimeAndDiffer() {
    let moment = Timestamp("2020-12-30T11:28:37Z") ?? .earliest
    #expect(ExecutionIDs(random: { 0 }).next(at: moment) == "20201230-112837-bbbb")
    #expect(ExecutionIDs(random: { .max }).next(at: moment).hasPrefix("20201230-112837-"))
  }
}
