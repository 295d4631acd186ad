import ArgumentParser
import RunbookSession

/// Options that say which service and which defaults.
struct ServiceOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The service's base address.", valueName: "address")) var url: String?
  @Option(help: ArgumentHelp("The profile of the configuration file.", valueName: "name")) var profile: String?
  @Option(help: ArgumentHelp("The configuration file.", valueName: "file")) var config: String?
  @Option(help: ArgumentHelp("The account of operations that name none.", valueName: "digits")) var account: String?
  @Option(help: ArgumentHelp("The environment of operations that name none.", valueName: "name")) var environment:
    String?
  @Option(help: ArgumentHelp("PEM file with certificates to trust besides the system's.", valueName: "file")) var trust:
    String?
  @Option(help: ArgumentHelp("The deadline of a wait that has none written.", valueName: "duration")) var timeout:
    String?
  @Option(help: ArgumentHelp("How long a new run may take to be listed.", valueName: "duration")) var visibilityDelay:
    String?
  @Option(help: ArgumentHelp("Where the journal is kept.", valueName: "folder")) var stateDirectory: String?
  @Flag(help: "Show what is set and where it comes from, and do nothing else.") var explainSettings = false

  /// What the command line sets.
  var layer: Settings.Layer {
    var values: [SettingKey: [String]] = [:]
    values[.url] = url.map { [$0] }
    values[.account] = account.map { [$0] }
    values[.environment] = environment.map { [$0] }
    values[.trust] = trust.map { [$0] }
    values[.timeout] = timeout.map { [$0] }
    values[.visibilityDelay] = visibilityDelay.map { [$0] }
    values[.state] = stateDirectory.map { [$0] }
    return Settings.Layer(name: "command line", values: values)
  }
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
