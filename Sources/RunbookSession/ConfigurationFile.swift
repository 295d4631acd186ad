import RunbookDiagnostics
public import YAMLDocuments
import Yams

/// The configuration file: profiles by name, and which of them applies.
///
/// ```yaml
/// profile: work
/// profiles:
///   work:
///     url: https://tailer-api.example.com
///     account: "000099"
///     environment: DEV
///     protected: [PROD, PREPROD]
///     token-command: [tailer, auth, get-token]
/// ```
public struct ConfigurationFile: Sendable {
  private let path: String
  private let initialProfile: String?
  private let profiles: [String: [SettingKey: [String]]]

  /// - Throws: Everything that is wrong with it, each thing in its place.
  public init(path: String, bytes: [UInt8]) throws(DocumentError) {
    let document = try YAMLDocument(bytes, named: path)
    var reading = ConfigurationReading(document)
    if let root = document.root { reading.file(root) }
    if let error = reading.error { throw error }
    self.path = path
    initialProfile = reading.initialProfile
    profiles = reading.profiles
  }

  /// What a profile sets; the file's own choice where none is asked for.
  public func layer(profile asked: String?) throws(SettingsError) -> Settings.Layer {
    guard let name = asked ?? initialProfile ?? (profiles.count == 1 ? profiles.keys.first : nil) else {
      return Settings.Layer(name: "configuration file", values: [:])
    }
    guard let values = profiles[name] else {
      throw SettingsError(
        "\(path) has no profile “\(name)”\(ConfigurationReading.hint(for: name, among: profiles.keys))")
    }
    return Settings.Layer(name: "profile \(name)", values: values)
  }
}

/// Reads the nodes of a configuration file, and collects what is wrong with them.
private struct ConfigurationReading {
  private let document: YAMLDocument
  private var issues: [DocumentError.Issue] = []
  private(set) var initialProfile: String?
  private(set) var profiles: [String: [SettingKey: [String]]] = [:]

  init(_ document: YAMLDocument) { self.document = document }

  /// In the order of the file.
  var error: DocumentError? {
    issues.isEmpty ? nil : DocumentError(document.source, issues.sorted { $0.range.lower < $1.range.lower })
  }

  static func hint(for word: String, among known: some Sequence<String>) -> String {
    nearest(to: word, among: known).map { "; did you mean “\($0)”?" } ?? ""
  }

  private mutating func report(_ message: String, at node: Node) {
    issues.append(.init(message, at: document.range(of: node), in: document.source))
  }

  mutating func file(_ root: Node) {
    var initial: Node?
    for (key, name, value) in members(of: root) {
      switch name {
      case "profile":
        initial = value
        initialProfile = value.scalar?.string
        if initialProfile == nil { report("profile has to be a name", at: value) }
      case "profiles":
        for (_, name, profile) in members(of: value) { profiles[name] = self.profile(profile) }
      default: report("“\(name)” cannot be set\(Self.hint(for: name, among: ["profile", "profiles"]))", at: key)
      }
    }
    if let initial, let name = initialProfile, profiles[name] == nil {
      report("there is no profile “\(name)”\(Self.hint(for: name, among: profiles.keys))", at: initial)
    }
  }

  private mutating func profile(_ node: Node) -> [SettingKey: [String]] {
    var values: [SettingKey: [String]] = [:]
    for (key, name, value) in members(of: node) {
      guard let setting = SettingKey(rawValue: name) else {
        report("“\(name)” cannot be set\(Self.hint(for: name, among: SettingKey.allCases.map(\.rawValue)))", at: key)
        continue
      }
      guard !setting.isSecret else {
        report("a token does not belong into a file; set TAILER_API_JWT or a token-command", at: key)
        continue
      }
      values[setting] = texts(of: value, for: setting)
    }
    return values
  }

  private mutating func texts(of node: Node, for setting: SettingKey) -> [String]? {
    if let text = node.scalar?.string {
      return setting == .tokenCommand ? text.split(separator: " ").map(String.init) : [text]
    }
    guard setting.isList, let items = node.sequence else {
      report("\(setting.rawValue) has to be a \(setting.isList ? "list" : "text")", at: node)
      return nil
    }
    for item in items where item.scalar == nil { report("\(setting.rawValue) has to be a list of texts", at: item) }
    return items.compactMap(\.scalar?.string)
  }

  private mutating func members(of node: Node) -> [(key: Node, name: String, value: Node)] {
    guard let mapping = node.mapping else {
      report("names with values are wanted here", at: node)
      return []
    }
    return mapping.compactMap { key, value in
      if let name = key.scalar?.string { return (key, name, value) }
      report("a name is wanted here", at: key)
      return nil
    }
  }
}
