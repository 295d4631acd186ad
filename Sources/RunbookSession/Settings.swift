public import CivilTime
import RunbookChecker
import RunbookDiagnostics
public import RunbookEvaluator
public import RunbookRecord
import TailerAPI

/// What was set, and by whom: the command line, then the process's environment, then the profile in the configuration
/// file, then what is built in.
public struct Settings: Sendable {
  /// One place that sets things, with its name for people.
  public struct Layer: Sendable {
    public let name: String
    public let values: [SettingKey: [String]]

    public init(name: String, values: [SettingKey: [String]]) {
      self.name = name
      self.values = values
    }
  }

  public let layers: [Layer]

  /// - Parameter layers: The winning one first; what is built in is added behind them.
  public init(layers: [Layer]) {
    let initial = SettingKey.allCases.reduce(into: [SettingKey: [String]]()) { $0[$1] = $1.initial }
    self.layers = layers + [Layer(name: "built in", values: initial)]
  }

  public static let commandLineName = "command line"
  private static let environmentName = "environment"

  /// What the process's environment sets.
  public static func layer(fromEnvironment variables: [String: String]) -> Layer {
    var values: [SettingKey: [String]] = [:]
    for key in SettingKey.allCases {
      guard let name = key.environmentVariable, let value = variables[name], !value.isEmpty else { continue }
      values[key] = [value]
    }
    return Layer(name: environmentName, values: values)
  }

  private init(all layers: [Layer]) { self.layers = layers }

  public func origin(of key: SettingKey) -> (values: [String], layer: String)? {
    for layer in layers {
      if let values = layer.values[key] { return (values, layer.name) }
    }
    return nil
  }

  /// Where what holds was given, as whoever gave it calls that: the variable, the option, or the key and its layer.
  public func source(of key: SettingKey) -> String {
    switch origin(of: key)?.layer {
    case Self.environmentName: key.environmentVariable ?? key.rawValue
    case Self.commandLineName: "--\(key.rawValue)"
    case let layer?: "\(key.rawValue) from the \(layer)"
    case nil: key.rawValue
    }
  }

  public func text(_ key: SettingKey) -> String? { origin(of: key)?.values.first }
  public func list(_ key: SettingKey) -> [String] { origin(of: key)?.values ?? [] }

  public func span(_ key: SettingKey) throws(SettingsError) -> TimeSpan {
    guard let (values, layer) = origin(of: key), let text = values.first else {
      throw SettingsError("\(key.rawValue) is not set")
    }
    guard let span = TimeSpan(text), span > .zero else {
      throw SettingsError("\(key.rawValue) from the \(layer) is “\(text)”, which is no duration such as 30s or 24h")
    }
    return span
  }

  /// The cap on requests a second.
  public func requestsPerSecond() throws(SettingsError) -> Double {
    let text = text(.requestsPerSecond) ?? ""
    guard let rate = Double(text), (0.01...1_000_000).contains(rate) else {
      throw SettingsError("requests-per-second is “\(text)”, and has to be a number from 0.01 to 1000000")
    }
    return rate
  }

  /// The environments that may be named.
  public var environments: Set<String> { CheckContext.wellKnownEnvironments.union(list(.environments)) }

  /// What an execution goes by.
  public func policy(isReadOnly: Bool) throws(SettingsError) -> EvaluationPolicy {
    guard let cap = text(.cap).flatMap(Int.init), (1...10_000).contains(cap) else {
      throw SettingsError("cap is “\(text(.cap) ?? "")”, and has to be a number from 1 to 10000")
    }
    return EvaluationPolicy(
      guards: Guards(protectedEnvironments: Set(list(.protected)), isReadOnly: isReadOnly),
      defaultTimeout: try span(.timeout), cap: cap, visibilityDelay: try span(.visibilityDelay),
      sendBy: try sendBy(), arrivalDelay: try arrivalDelay(), clockTolerance: try span(.clockTolerance),
      environments: environments, account: text(.account),
      environment: text(.environment))
  }

  /// How long after its stamp a launch's request is sent: ten seconds, or as long as a request may take.
  private func sendBy() throws(SettingsError) -> TimeSpan { min(try span(.requestTimeout), .seconds(10)) }

  /// How long after it was stamped a launch's request may still arrive: it is sent in time, is waited for as long as a request
  /// is, and the system gives up on it five seconds after its process is gone; none of these takes longer than a request may.
  private func arrivalDelay() throws(SettingsError) -> TimeSpan {
    let limit = try span(.requestTimeout)
    return [try sendBy(), min(limit, .seconds(5))].reduce(limit) { $0.adding($1) ?? $0 }
  }

  /// Throws for what could not be meant: an account that is not six digits, an environment that does not exist.
  public func validate() throws(SettingsError) {
    if let (values, layer) = origin(of: .account), let account = values.first {
      guard account.utf8.count == 6, account.utf8.allSatisfy({ (48...57).contains($0) }) else {
        throw SettingsError("account from the \(layer) is “\(account)”, and has to be six digits")
      }
    }
    for key in [SettingKey.environments, .protected] {
      for name in list(key) where !Self.isWord(name) {
        throw SettingsError("\(key.rawValue) names “\(name)”, which is no environment's name")
      }
    }
    if let (names, layer) = origin(of: .protected) {
      for name in names where !environments.contains(name) {
        let hint = nearest(to: name, among: environments.sorted()).map { "; did you mean “\($0)”?" } ?? ""
        throw SettingsError("protected from the \(layer) names “\(name)”, an environment that is not known\(hint)")
      }
    }
    if let (values, layer) = origin(of: .environment), let environment = values.first {
      guard environments.contains(environment) else {
        throw SettingsError(
          "environment from the \(layer) is “\(environment)”; known are \(environments.sorted().joined(separator: ", "))"
        )
      }
    }
  }

  private static func isWord(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.count <= 64
      && name.unicodeScalars.allSatisfy { $0.properties.isAlphabetic || ("0"..."9").contains($0) || $0 == "_" }
  }

  /// A line for each key: what holds, and which layer won.
  ///
  /// - Parameter state: The directory of the journal where none is set.
  public func explanation(state: () -> String) -> [String] {
    let width = SettingKey.allCases.map(\.rawValue.count).max() ?? 0
    return SettingKey.allCases.map { key in
      let name = key.rawValue + String(repeating: " ", count: width - key.rawValue.count)
      guard let (values, layer) = origin(of: key) else {
        return key == .state ? "\(name)  \(state().printable)  (default)" : "\(name)  not set"
      }
      guard !values.isEmpty else { return "\(name)  not set  (\(layer))" }
      let value = key.isSecret ? "set, not shown" : values.joined(separator: key == .tokenCommand ? " " : ", ")
      return "\(name)  \(value)  (\(layer))"
    }
  }
}

/// What is wrong with a setting or the configuration file, in words.
public struct SettingsError: Error, Hashable, Sendable {
  public let message: String
  public init(_ message: String) { self.message = message }
}

// MARK: What an execution was set to

extension EvaluationPolicy {
  /// What of it goes on record when an execution begins.
  var recorded: ExecutionSettings {
    ExecutionSettings(
      account: account, environment: environment, environments: environments.sorted(), timeout: defaultTimeout,
      cap: cap, visibilityDelay: visibilityDelay, clockTolerance: clockTolerance)
  }
}

extension Settings {
  /// The same with what an execution was set to when it began, which stands before everything but the command line. What was
  /// not set then is not set now.
  ///
  /// - Parameter service: The service's base address, as recorded.
  /// - Throws: Where the command line says something else.
  public func goingOn(
    with recorded: ExecutionSettings, of id: String, on service: String
  ) throws(SettingsError) -> Settings {
    let values: [SettingKey: [String]] = [
      .url: [service], .account: recorded.account.map { [$0] } ?? [],
      .environment: recorded.environment.map { [$0] } ?? [], .environments: recorded.environments,
      .timeout: [recorded.timeout.description], .cap: ["\(recorded.cap)"],
      .visibilityDelay: [recorded.visibilityDelay.description],
      .clockTolerance: [recorded.clockTolerance.description],
    ]
    guard let first = layers.first else { return self }
    for (key, recorded) in values {
      guard let given = first.values[key]?.first, !key.isSame(given, recorded.first) else { continue }
      throw SettingsError(
        "\(id) goes on with what it was begun with: its \(key.rawValue) is "
          + "\(recorded.first.map { "“\($0)”" } ?? "not set"), and the \(first.name) says “\(given)”")
    }
    // Where another service is set, so is that one's token, which is nothing for this one.
    if let (given, layer) = origin(of: .url), let url = given.first, !SettingKey.url.isSame(url, service) {
      throw SettingsError(
        "\(id) goes on on the service that it was begun on, “\(service)”, and the \(layer) says “\(url)”; "
          + "--url \(service) goes on there with what is set here")
    }
    return inserting(Layer(name: "record of \(id)", values: values))
  }

  /// The same for an execution begun by a version of the program that did not record what was set: its account and
  /// environment are those of its text or of the command line, and never those that happen to be set today.
  public func goingOnUnrecorded(_ id: String) -> Settings {
    inserting(Layer(name: "record of \(id)", values: [.account: [], .environment: []]))
  }

  /// With a layer behind the command line.
  private func inserting(_ layer: Layer) -> Settings {
    Settings(all: Array(layers.prefix(1)) + [layer] + layers.dropFirst())
  }
}

extension SettingKey {
  /// Whether two texts set the same.
  fileprivate func isSame(_ given: String, _ recorded: String?) -> Bool {
    guard let recorded else { return false }
    if let a = TimeSpan(given), let b = TimeSpan(recorded) { return a == b }
    func bare(_ text: String) -> Substring { text.hasSuffix("/") ? text.dropLast() : text[...] }
    return self == .url ? bare(given).lowercased() == bare(recorded).lowercased() : given == recorded
  }
}
