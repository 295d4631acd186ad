import Foundation

/// The real program, as a process.
struct Program {
  static var path: String {
    // The test bundle stands beside the program in the build folder.
    let bundle = Bundle.allBundles.map(\.bundleURL).first { $0.pathExtension == "xctest" }
    let folder =
      bundle?.deletingLastPathComponent() ?? URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
    return folder.appending(path: "runbook").path
  }

  struct Result {
    let status: Int32
    let output: String
    let news: String
  }

  /// A process that has been started; its outputs go to files, so that nothing blocks.
  final class Running {
    let process = Process()
    private let folder: URL

    init(_ arguments: [String], input: String?, environment: [String: String], directory: String?) throws {
      folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      for name in ["out", "err"] {
        _ = FileManager.default.createFile(atPath: folder.appending(path: name).path, contents: nil)
      }
      process.executableURL = URL(filePath: Program.path)
      process.arguments = arguments
      process.environment = environment
      process.currentDirectoryURL = URL(filePath: directory ?? Project.root.path)
      process.standardOutput = try FileHandle(forWritingTo: folder.appending(path: "out"))
      process.standardError = try FileHandle(forWritingTo: folder.appending(path: "err"))
      if let input {
        try Data(input.utf8).write(to: folder.appending(path: "in"))
        process.standardInput = try FileHandle(forReadingFrom: folder.appending(path: "in"))
      } else {
        process.standardInput = FileHandle.nullDevice
      }
      try process.run()
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

  /// A fresh folder that goes away with the body.
  static func withFolder<T>(_ body: (URL) throws -> T) throws -> T {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder)
  }
}
