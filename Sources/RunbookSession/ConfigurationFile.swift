import RunbookChecker
import RunbookDiagnostics
import TailerAPI
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
///
/// Scalars are taken as they are written, so that `000099` without quotes stays an account.
public struct ConfigurationFile: Sendable {
  private let path: String
  private let initialProfile: String?
  private let profiles: [String: [SettingKey: [String]]]

  /// - Throws: where it is no YAML, or says what is not known, with the line.
  public init(path: String, bytes: [UInt8]) throws(SettingsError) {
    self.path = path
    let text = String(decoding: bytes.withoutByteOrderMark, as: UTF8.self)
    let root: Node?
    do {
      // Types are not guessed from how a scalar looks, and nothing is spent on getting ready to.
      root = try Yams.compose(yaml: text, .basic, Constructor([:], [:], [:]))
    } catch {
      let words = "\(error)".split(separator: "\n").prefix(2).joined(separator: ": ")
      throw SettingsError("\(path) is no YAML: \(words)")
    }
    guard let root else {
      initialProfile = nil
      profiles = [:]
      return
    }
    var initial: String?
    var found: [String: [SettingKey: [String]]] = [:]
    for (key, value) in try Self.members(of: root, in: path) {
      switch key {
      case "profile": initial = value.scalar?.string
      case "profiles":
        for (name, profile) in try Self.members(of: value, in: path) {
          found[name] = try Self.profile(profile, in: path)
        }
      default: throw Self.unknown(key, at: value, among: ["profile", "profiles"], in: path)
      }
    }
    initialProfile = initial
    profiles = found
  }

  /// What a profile sets; the file's own choice where none is asked for.
  public func layer(profile asked: String?) throws(SettingsError) -> Settings.Layer {
    guard let name = asked ?? initialProfile ?? (profiles.count == 1 ? profiles.keys.first : nil) else {
      return Settings.Layer(name: "configuration file", values: [:])
    }
    guard let values = profiles[name] else {
      let hint = nearest(to: name, among: profiles.keys).map { "; did you mean “\($0)”?" } ?? ""
      throw SettingsError("\(path) has no profile “\(name)”\(hint)")
    }
    return Settings.Layer(name: "profile \(name)", values: values)
  }

  private static func profile(_ node: Node, in path: String) throws(SettingsError) -> [SettingKey: [String]] {
    var values: [SettingKey: [String]] = [:]
    for (name, value) in try members(of: node, in: path) {
      guard let key = SettingKey(rawValue: name) else {
        throw unknown(name, at: value, among: SettingKey.allCases.map(\.rawValue), in: path)
      }
      guard !key.isSecret else {
        throw SettingsError(
          "\(place(of: value, in: path)): a token does not belong into a file; set TAILER_API_JWT or a token-command")
      }
      if let scalar = value.scalar {
        let text = scalar.string
        values[key] = key == .tokenCommand ? text.split(separator: " ").map(String.init) : [text]
      } else if key.isList, let sequence = value.sequence {
        let texts = sequence.compactMap(\.scalar?.string)
        guard texts.count == sequence.count else {
          throw SettingsError("\(place(of: value, in: path)): \(name) has to be a list of texts")
        }
        values[key] = texts
      } else {
        throw SettingsError("\(place(of: value, in: path)): \(name) has to be a \(key.isList ? "list" : "text")")
      }
    }
    return values
  }

  private static func members(of node: Node, in path: String) throws(SettingsError) -> [(String, Node)] {
    guard let mapping = node.mapping else {
      throw SettingsError("\(place(of: node, in: path)): names with values are wanted here")
    }
    var result: [(String, Node)] = []
    for (key, value) in mapping {
      guard let name = key.scalar?.string else {
        throw SettingsError("\(place(of: key, in: path)): a name is wanted here")
      }
      result.append((name, value))
    }
    return result
  }

  private static func unknown(_ name: String, at node: Node, among known: [String], in path: String) -> SettingsError {
    let hint = nearest(to: name, among: known).map { "; did you mean “\($0)”?" } ?? ""
    return SettingsError("\(place(of: node, in: path)): “\(name)” cannot be set\(hint)")
  }

  private static func place(of node: Node, in path: String) -> String {
    node.mark.map { "\(path):\($0.line)" } ?? path
  }
}
