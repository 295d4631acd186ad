import ArgumentParser
import CivilTime
import Foundation
import Glibc
import RunbookChecker
import RunbookEvaluator
import RunbookJournal
import RunbookRecord
import RunbookSession
import RunbookTerminal
import TailerAPI
import TailerClient
import TailerSimulator
import VisibleText
import YAMLDocuments

/// The process's surroundings and what was set in them: what every command begins with.
struct Surroundings {
  let variables: [String: String]
  let directory: String
  private(set) var settings: Settings
  let user: String

  /// - Throws: `CommandFailure` where what is set cannot be.
  init(_ profile: ProfileOptions, _ groups: any SettingOptions...) throws {
    let found = Self.environment
    variables = found
    if let broken = Self.decisive.first(where: { found[$0]?.unicodeScalars.contains("\u{FFFD}") == true }) {
      throw CommandFailure("the environment variable \(broken) is not UTF-8", status: 64)
    }
    directory = FileManager.default.currentDirectoryPath
    user = variables["USER"].flatMap { $0.isEmpty ? nil : $0 } ?? NSUserName()
    do {
      let given = groups.reduce(into: [:]) { $0.merge($1.given) { first, _ in first } }
      var layers = [
        Settings.Layer(name: Settings.commandLineName, values: given), Settings.layer(fromEnvironment: variables),
      ]
      if let layer = try Self.layer(of: profile, variables) { layers.append(layer) }
      settings = Settings(layers: layers)
      try settings.validate()
    } catch let error as SettingsError {
      throw CommandFailure("\(error.message)", status: 64)
    } catch let error as DocumentError {
      throw CommandFailure(drawing: error, as: "configuration", status: 64)
    }
  }

  /// The variables that decide what is done and where.
  private static let decisive =
    SettingKey.allCases.compactMap(\.environmentVariable)
    + ["HOME", "USER", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "RUNBOOK_CONFIG", "RUNBOOK_PROFILE"]

  /// What the process was started with. The token is shown nowhere from here on, and nothing of it is left behind for the
  /// children that it starts.
  private static let environment: [String: String] = {
    let found = ProcessInfo.processInfo.environment
    if let name = SettingKey.token.environmentVariable {
      found[name].map(Secrets.keep)
      unsetenv(name)
    }
    return found
  }()

  /// From here on nothing shows the token. It has to be done before anything is said.
  static func hideToken() { _ = environment }

  private static func configurationPath(_ options: ProfileOptions, _ variables: [String: String]) -> String? {
    options.config ?? variables["RUNBOOK_CONFIG"] ?? Places(variables: variables).configuration
  }

  private static func layer(of options: ProfileOptions, _ variables: [String: String]) throws -> Settings.Layer? {
    let profile = options.profile ?? variables["RUNBOOK_PROFILE"]
    guard let path = configurationPath(options, variables) else {
      guard let profile else { return nil }
      throw SettingsError("there is no profile “\(profile)”: HOME is no absolute path; name a file with `--config`")
    }
    let bytes: [UInt8]
    do {
      bytes = try SourceFiles.read(path)
    } catch {
      // Nobody asked for a configuration file, and there is none.
      if options.config == nil, error.reason == "no such file" {
        guard let profile else { return nil }
        throw SettingsError("there is no profile “\(profile)”: \(path): \(error.reason)")
      }
      throw SettingsError("\(path): \(error.reason)")
    }
    if let reason = SourceFiles.distrust(path) { throw SettingsError("\(path) is not obeyed: \(reason)") }
    return try ConfigurationFile(path: path, bytes: bytes).layer(profile: profile)
  }

  /// Where the journal and the prompt's history are.
  func stateDirectory() throws -> String {
    if let state = settings.text(.state) { return state.hasPrefix("/") ? state : "\(directory)/\(state)" }
    return try Places(variables: variables).state()
  }

  /// What is set and where files are, with where each was said.
  func explanation(_ options: ProfileOptions) -> ScreenText {
    let configuration = Self.configurationPath(options, variables)
    let isThere = configuration.map { access($0, F_OK) == 0 } ?? false
    let lines =
      settings.explanation { (try? stateDirectory()) ?? "none: HOME is no absolute path" } + [
        "configuration: " + (configuration.map { $0 + (isThere ? "" : ", which is not there") } ?? "none")
      ]
    return lines.map { "\($0)\n" }.joined()
  }

  /// The same for who goes on with an execution, which keeps what it was set to when it began.
  func goingOn(with header: ExecutionHeader) throws -> Surroundings {
    var result = self
    guard let recorded = header.settings else {
      result.settings = settings.goingOnUnrecorded(header.id)
      return result
    }
    do throws(SettingsError) {
      result.settings = try settings.goingOn(with: recorded, of: header.id, on: header.service)
    } catch {
      throw CommandFailure("\(error.message)", status: 64)
    }
    return result
  }

  func context() -> CheckContext {
    CheckContext(
      account: settings.text(.account), environment: settings.text(.environment), environments: settings.environments,
      loader: SourceFiles(directory: directory))
  }

  /// The state directory, where there is a journal in it or was one.
  func journalFolder() throws -> String {
    let folder = try stateDirectory()
    do {
      guard try SQLiteRowStore.isThere(in: folder) else {
        throw CommandFailure("nothing has been executed yet: there is no journal in \(folder)", status: 64)
      }
      return folder
    } catch let error as JournalStoreError {
      throw error.failure
    }
  }

  /// The journal in the state directory.
  ///
  /// - Parameter mustExist: Whether an absent journal is an error, for commands that only read.
  func journalStore(mustExist: Bool = false) throws -> any JournalStore {
    let folder = try mustExist ? journalFolder() : stateDirectory()
    do throws(JournalStoreError) {
      let rows = try SQLiteRowStore(in: folder, busyTimeout: JournalTiming().busy)
      Leaving.beforehand { rows.shorten() }
      return RecordStore(rows, clock: RealClock())
    } catch {
      throw error.failure
    }
  }

  /// A journal for rehearsals alone. In the one that executions are recorded in, a rehearsal's launches would pass for real
  /// ones of the same operations.
  func rehearsalStore(in folder: String, on time: VirtualTime) throws -> any JournalStore {
    let path = folder.hasPrefix("/") ? folder : "\(directory)/\(folder)"
    guard try URL(filePath: path).resolvingSymlinksInPath() != URL(filePath: stateDirectory()).resolvingSymlinksInPath()
    else {
      throw Self.isNoPlace(folder)
    }
    do {
      let rows = try SQLiteRowStore(in: path, busyTimeout: JournalTiming().busy)
      guard try !rows.holdsExecutions(notOn: Service.simulatorName) else { throw Self.isNoPlace(folder) }
      Leaving.beforehand { rows.shorten() }
      return RecordStore(HeldTimeRows(time: time, rows: rows), clock: time)
    } catch let error as JournalStoreError {
      throw error.failure
    }
  }

  private static func isNoPlace(_ folder: String) -> CommandFailure {
    CommandFailure(
      "\(folder) keeps what was really done; a rehearsal's record needs another folder", status: 64)
  }

  func policy(isReadOnly: Bool) throws -> EvaluationPolicy {
    do throws(SettingsError) {
      return try settings.policy(isReadOnly: isReadOnly)
    } catch {
      throw CommandFailure("\(error.message)", status: 64)
    }
  }
}
