import ArgumentParser
import CivilTime
import Foundation
import RunbookChecker
import RunbookEvaluator
import RunbookJournal
import RunbookRecord
import RunbookSession
import RunbookTerminal
import TailerAPI
import TailerClient
import TailerSimulator

/// The process's surroundings and what was set in them: what every command begins with.
struct Surroundings {
  let variables: [String: String]
  let directory: String
  private(set) var settings: Settings
  let user: String

  /// - Throws: `CommandFailure` where what is set cannot be.
  init(_ profile: ProfileOptions, _ groups: any SettingOptions...) throws {
    variables = ProcessInfo.processInfo.environment
    directory = FileManager.default.currentDirectoryPath
    user = variables["USER"].flatMap { $0.isEmpty ? nil : $0 } ?? NSUserName()
    do {
      let given = groups.reduce(into: [:]) { $0.merge($1.given) { first, _ in first } }
      var layers = [
        Settings.Layer(name: "command line", values: given), Settings.layer(fromEnvironment: variables),
      ]
      if let layer = try Self.layer(of: profile, variables) { layers.append(layer) }
      settings = Settings(layers: layers)
      try settings.validate()
    } catch let error as SettingsError {
      throw CommandFailure(error.message, status: 64)
    }
  }

  private static func layer(of options: ProfileOptions, _ variables: [String: String]) throws -> Settings.Layer? {
    let home = variables["XDG_CONFIG_HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? (variables["HOME"] ?? "") + "/.config"
    let path = options.config ?? variables["RUNBOOK_CONFIG"] ?? "\(home)/runbook/config.yaml"
    let profile = options.profile ?? variables["RUNBOOK_PROFILE"]
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
    return try ConfigurationFile(path: path, bytes: bytes).layer(profile: profile)
  }

  /// Where the journal and the prompt's history are.
  var stateDirectory: String {
    if let state = settings.text(.state) { return state.hasPrefix("/") ? state : "\(directory)/\(state)" }
    let home =
      variables["XDG_STATE_HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? (variables["HOME"] ?? "") + "/.local/state"
    return "\(home)/runbook"
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
      throw CommandFailure(error.message, status: 64)
    }
    return result
  }

  func context() -> CheckContext {
    CheckContext(
      account: settings.text(.account), environment: settings.text(.environment), environments: settings.environments,
      loader: SourceFiles(directory: directory))
  }

  /// The journal in the state directory.
  ///
  /// - Parameter mustExist: Whether an absent journal is an error, for commands that only read.
  func journalStore(mustExist: Bool = false) throws -> any JournalStore {
    if mustExist, !FileManager.default.fileExists(atPath: "\(stateDirectory)/journal.sqlite") {
      throw CommandFailure("nothing has been executed yet: there is no journal in \(stateDirectory)", status: 64)
    }
    do throws(JournalStoreError) {
      let rows = try SQLiteRowStore(in: stateDirectory, busyTimeout: JournalTiming().busy)
      rows.keepOpen()
      return RecordStore(rows, clock: RealClock())
    } catch {
      throw error.failure
    }
  }

  /// A journal for rehearsals alone. In the one that executions are recorded in, a rehearsal's launches would pass for real
  /// ones of the same operations.
  func rehearsalStore(in folder: String, on time: VirtualTime) throws -> any JournalStore {
    let path = folder.hasPrefix("/") ? folder : "\(directory)/\(folder)"
    guard URL(filePath: path).resolvingSymlinksInPath() != URL(filePath: stateDirectory).resolvingSymlinksInPath()
    else {
      throw Self.isNoPlace(folder)
    }
    do {
      let rows = try SQLiteRowStore(in: path, busyTimeout: JournalTiming().busy)
      guard try !rows.holdsExecutions(notOn: Service.simulatorName) else { throw Self.isNoPlace(folder) }
      rows.keepOpen()
      return RecordStore(HeldTimeRows(time: time, rows: rows), clock: time)
    } catch let error as JournalStoreError {
      throw error.failure
    }
  }

  private static func isNoPlace(_ folder: String) -> CommandFailure {
    CommandFailure(
      "\(folder.printable) keeps what was really done; a rehearsal's record needs another folder", status: 64)
  }

  func policy(isReadOnly: Bool) throws -> EvaluationPolicy {
    do throws(SettingsError) {
      return try settings.policy(isReadOnly: isReadOnly)
    } catch {
      throw CommandFailure(error.message, status: 64)
    }
  }
}
