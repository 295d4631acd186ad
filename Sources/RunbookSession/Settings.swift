public import CivilTime
import RunbookChecker
import RunbookDiagnostics
public import RunbookEvaluator

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

  /// What the process's environment sets.
  public static func layer(fromEnvironment variables: [String: String]) -> Layer {
    var values: [SettingKey: [String]] = [:]
    for key in SettingKey.allCases {
      guard let name = key.environmentVariable, let value = variables[name], !value.isEmpty else { continue }
      values[key] = [value]
    }
    return Layer(name: "environment", values: values)
  }

  public func origin(of key: SettingKey) -> (values: [String], layer: String)? {
    for layer in layers {
      if let values = layer.values[key] { return (values, layer.name) }
    }
    return nil
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
      clockTolerance: try span(.clockTolerance), environments: environments, account: text(.account),
      environment: text(.environment))
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
  public func explanation() -> [String] {
    let width = SettingKey.allCases.map(\.rawValue.count).max() ?? 0
    return SettingKey.allCases.map { key in
      let name = key.rawValue + String(repeating: " ", count: width - key.rawValue.count)
      guard let (values, layer) = origin(of: key) else { return "\(name)  not set" }
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
