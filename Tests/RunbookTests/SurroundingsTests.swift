import FaultSupport
import Foundation
import Glibc
import ProgramSupport
import Testing

/// Where the program looks for what is not named: never in a path that a missing or a relative variable makes up.
@Suite(.timeLimit(.minutes(1))) struct SurroundingsTests {
  /// Only these variables are set.
  private func run(_ arguments: [String], _ variables: [String: String], in folder: URL) throws -> Program.Result {
    let path = ["PATH": "/usr/bin:/bin", "SWIFT_BACKTRACE": "enable=no"]
    return try Program.run(arguments, environment: path.merging(variables) { $1 }, directory: folder.path)
  }

  private var home: String { getpwuid(geteuid()).map { String(cString: $0.pointee.pw_dir) } ?? "" }

  @Test func withoutHomeThePasswdEntryHolds() throws {
    try Program.withFolder { folder in
      let result = try run(["run", "--explain-settings"], [:], in: folder)
      #expect(result.status == 0)
      #expect(result.output.contains("\(home)/.local/state/runbook"), "\(result.output)")
      #expect(result.output.contains("\(home)/.config/runbook/config.yaml"), "\(result.output)")
    }
  }

  @Test func aRelativeHomeIsNoPlaceForAnything() throws {
    try Program.withFolder { folder in
      let result = try run(["history"], ["HOME": "here"], in: folder)
      #expect(!result.news.contains("here/.local"), "\(result.news)")
    }
  }

  @Test func relativeDirectoriesOfXDGAreIgnored() throws {
    try Program.withFolder { folder in
      let result = try run(["history"], ["HOME": "/nonexistent", "XDG_STATE_HOME": "there"], in: folder)
      #expect(result.news.contains("/nonexistent/.local/state/runbook"), "\(result.news)")
    }
  }

  /// What cannot be looked at is not nothing.
  @Test func aStateDirectoryThatCannotBeReadIsNotAnEmptyOne() throws {
    let result = try Program.run(["history"], environment: Program.surroundings(state: "/dev/null/state"))
    #expect(result.status == 3)
    #expect(!result.news.contains("nothing has been executed"), "\(result.news)")
  }

  // MARK: Files that decide

  private static let configuration = "profile: p\nprofiles:\n  p:\n    account: \"000099\"\n"

  @Test func aConfigurationThatOthersCanWriteIsRefused() throws {
    try Program.withFolder { folder in
      let file = folder.appending(path: "c.yaml")
      try Data(Self.configuration.utf8).write(to: file)
      chmod(file.path, 0o666)
      let result = try Program.run(["run", "--config", file.path, "--simulate", "-c", "print 1"])
      #expect(result.status == 64)
      #expect(result.news.contains(file.path), "\(result.news)")
    }
  }

  @Test(.enabled(if: geteuid() == 0, "needs the right to give files away"))
  func whatBelongsToSomebodyElseIsNotObeyedAndNothingIsMadeThere() throws {
    try Program.withFolder { folder in
      let settings = folder.appending(path: ".config/runbook")
      try FileManager.default.createDirectory(at: settings, withIntermediateDirectories: true)
      let file = settings.appending(path: "config.yaml")
      try Data(Self.configuration.utf8).write(to: file)
      for path in [folder.path, folder.path + "/.config", settings.path, file.path] { chown(path, 65534, 65534) }
      let service = ["TAILER_API_URL": "http://127.0.0.1:1", "TAILER_API_JWT": "a.b.c", "HOME": folder.path]
      let result = try run(["run", "-c", "print 1"], service, in: folder)
      #expect(result.status != 0, "\(result.news)")
      #expect(!FileManager.default.fileExists(atPath: folder.path + "/.local"))
    }
  }

  @Test func aRehearsedPromptRefusesAStateDirectoryThatAnybodyMayWrite() throws {
    try Program.withFolder { folder in
      chmod(folder.path, 0o777)
      let result = try Program.run(
        ["repl", "--simulate"], input: "print 1\n", environment: Program.surroundings(state: folder.path))
      #expect(result.status != 0)
      #expect(result.news.contains("other users can write"), "\(result.news)")
    }
  }
}
