import Foundation
import ProgramSupport

/// The real program, as a process.
struct Program {
  struct Result {
    let status: Int32
    let output: String
    let news: String
  }

  /// A process that has been started; its outputs go to files, so that nothing blocks.
  final class Running {
    let process: ChildProcess
    private let folder: URL

    init(
      _ arguments: [String], input: String?, environment: [String: String], directory: String?,
      program: String = ChildProcess.program
    ) throws {
      folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      let file = { [folder] (name: String) in folder.appending(path: name).path }
      if let input { try Data(input.utf8).write(to: URL(filePath: file("in"))) }
      process = try ChildProcess(
        arguments,
        streams: [.reading(input == nil ? "/dev/null" : file("in")), .writing(file("out")), .writing(file("err"))],
        environment: environment, directory: directory ?? Project.root.path, program: program)
    }

    private func text(_ name: String) -> String {
      (try? String(contentsOf: folder.appending(path: name), encoding: .utf8)) ?? ""
    }
    var output: String { text("out") }
    var news: String { text("err") }

    func wait() -> Result {
      process.waitUntilExit()
      defer { try? FileManager.default.removeItem(at: folder) }
      return Result(status: process.terminationStatus, output: output, news: news)
    }
  }

  /// Surroundings in which nothing of the person who runs the tests is found.
  static func surroundings(state: String = "/nonexistent", _ more: [String: String] = [:]) -> [String: String] {
    [
      "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "HOME": "/nonexistent", "USER": "ann",
      "RUNBOOK_STATE_DIRECTORY": state, "SWIFT_BACKTRACE": "enable=no",
    ].merging(more) { _, new in new }
  }

  static func start(
    _ arguments: [String], input: String? = nil, environment: [String: String] = surroundings(),
    directory: String? = nil
  ) throws -> Running {
    try Running(arguments, input: input, environment: environment, directory: directory)
  }

  static func run(
    _ arguments: [String], input: String? = nil, environment: [String: String] = surroundings(),
    directory: String? = nil
  ) throws -> Result {
    try start(arguments, input: input, environment: environment, directory: directory).wait()
  }

  /// Runs a shell's line, in which $1 is the program and what follows the arguments.
  static func shell(_ line: String, _ arguments: String..., directory: String? = nil) throws -> Result {
    try Running(
      ["-c", line, "sh", ChildProcess.program] + arguments, input: nil, environment: surroundings(),
      directory: directory, program: "/bin/sh"
    ).wait()
  }

  /// A fresh folder that goes away with the body.
  static func withFolder<T>(_ body: (URL) throws -> T) throws -> T {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder)
  }
}
