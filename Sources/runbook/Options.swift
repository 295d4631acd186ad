import ArgumentParser
import RunbookSession

/// Options that set something. A command takes the groups that it goes by, and no other.
protocol SettingOptions: ParsableArguments {
  /// What the command line sets.
  var given: [SettingKey: [String]] { get }
}

/// Options that say which profile of which configuration file holds.
struct ProfileOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The profile of the configuration file.", valueName: "name")) var profile: String?
  @Option(help: ArgumentHelp("The configuration file.", valueName: "file")) var config: String?
}

/// Options that say what holds for operations that say nothing themselves.
struct DefaultsOptions: SettingOptions {
  @Option(help: ArgumentHelp("The account of operations that name none.", valueName: "digits")) var account: String?
  @Option(help: ArgumentHelp("The environment of operations that name none.", valueName: "name")) var environment:
    String?

  var given: [SettingKey: [String]] {
    [.account: account, .environment: environment].compactMapValues { value in value.map { [$0] } }
  }
}

struct DeadlineOptions: SettingOptions {
  @Option(help: ArgumentHelp("The deadline of a wait that has none written.", valueName: "duration")) var timeout:
    String?

  var given: [SettingKey: [String]] { [.timeout: timeout].compactMapValues { value in value.map { [$0] } } }
}

struct JournalOptions: SettingOptions {
  @Option(help: ArgumentHelp("Where the journal is kept.", valueName: "folder")) var stateDirectory: String?

  var given: [SettingKey: [String]] { [.state: stateDirectory].compactMapValues { value in value.map { [$0] } } }
}

/// Options of the commands that work on a service: which one, and all that is set beside it.
struct ServiceOptions: SettingOptions {
  @Option(help: ArgumentHelp("The service's base address.", valueName: "address")) var url: String?
  @OptionGroup var profile: ProfileOptions
  @OptionGroup var defaults: DefaultsOptions
  @Option(help: ArgumentHelp("PEM file with certificates to trust besides the system's.", valueName: "file")) var trust:
    String?
  @OptionGroup var deadline: DeadlineOptions
  @Option(help: ArgumentHelp("How long a new run may take to be listed.", valueName: "duration")) var visibilityDelay:
    String?
  @OptionGroup var journal: JournalOptions
  @Flag(help: "Show what is set and where it comes from, and do nothing else.") var explainSettings = false

  var given: [SettingKey: [String]] {
    let own = [SettingKey.url: url, .trust: trust, .visibilityDelay: visibilityDelay]
    return [defaults.given, deadline.given, journal.given].reduce(
      own.compactMapValues { value in value.map { [$0] } }
    ) { $0.merging($1) { mine, _ in mine } }
  }
}

/// Options that say what remains of a rehearsal.
struct KeepingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Keep the rehearsal's record in a journal of its own in this folder, for `history` and `transcript` with --state-directory.",
      valueName: "folder"))
  var keepRecord: String?
}

/// Options that say how it is shown and what is allowed.
struct ConductOptions: ParsableArguments {
  @Flag(name: [.short, .long], help: "Answer yes to everything that asks.") var yes = false
  @Flag(help: "Forbid every changing verb.") var readOnly = false
  @Option(help: "How to tell what happens: lines, or json for one event a line.") var output = OutputForm.lines
  @Flag(name: [.short, .long], help: "Show only what the runbook prints, questions and failures.") var quiet = false
}

enum OutputForm: String, ExpressibleByArgument, CaseIterable {
  case lines
  case json
}
