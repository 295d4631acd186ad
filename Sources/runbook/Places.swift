import Foundation
import Glibc
import VisibleText

/// Where files are that nobody has named: below the home directory, or where the XDG base directory specification says.
struct Places {
  let variables: [String: String]

  /// `$HOME` where it says something, else what the system knows of the user; `nil` where neither is an absolute path.
  private var home: String? {
    let named =
      variables["HOME"].flatMap { $0.isEmpty ? nil : $0 }
      ?? getpwuid(geteuid()).map { String(cString: $0.pointee.pw_dir) }
    return named.flatMap { $0.hasPrefix("/") ? $0 : nil }
  }

  /// By that specification a relative path is none.
  private func directory(_ variable: String, _ below: String) -> String? {
    if let named = variables[variable], named.hasPrefix("/") { return named }
    return home.map { "\($0.hasSuffix("/") ? String($0.dropLast()) : $0)/\(below)" }
  }

  /// The configuration file; `nil` where it is not known where one would be.
  var configuration: String? { directory("XDG_CONFIG_HOME", ".config").map { "\($0)/runbook/config.yaml" } }

  /// The directory of the journal and the prompt's history.
  func state() throws -> String {
    guard let state = directory("XDG_STATE_HOME", ".local/state") else {
      throw CommandFailure(
        "there is no home directory to keep the journal in: HOME is no absolute path; name a folder with `--state-directory`",
        status: 64)
    }
    return "\(state)/runbook"
  }
}
