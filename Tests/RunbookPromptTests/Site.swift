import Foundation
import ProgramSupport
import Testing

/// Where the real prompt is driven, key by key.
enum Site {
  static let prepare = #"let prepare = table-to-table "000099_p""#
  static let place = ["--account", "000099", "--environment", "DEV"]
  static let prompt = "000099/DEV rehearsal> "
  static let continuation = "                 ...> "
  /// On a server.
  static let served = "000099/DEV> "

  /// The checkout.
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// A fresh folder that goes away with the body.
  static func inFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "prompt-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
  }

  /// A started prompt on the built-in service, where waiting takes no time.
  static func started(
    in folder: String, width: Int = 100, environment: [String: String] = [:], directory: String? = nil
  ) throws -> PseudoTerminal {
    let terminal = try PseudoTerminal(
      ["repl", "--simulate"] + place, state: folder, directory: directory ?? folder, width: width,
      environment: environment)
    try terminal.waitForPrompt(prompt)
    return terminal
  }

  /// A started prompt against a server, where waiting takes time. The server lives as long as what is returned first.
  static func startedOnServer(
    in folder: String, scenario: String? = nil, speed: Double = 1, width: Int = 100, options: [String] = []
  ) throws -> (server: PseudoTerminal, terminal: PseudoTerminal) {
    var words = ["simulate", "--speed", "\(speed)", "--quiet"]
    if let scenario {
      try scenario.write(toFile: "\(folder)/x.scenario.yaml", atomically: true, encoding: .utf8)
      words.append("x.scenario.yaml")
    }
    let server = try PseudoTerminal(words, state: folder)
    try server.wait(for: "http://127.0.0.1:")
    let address = try #require(server.screen.lines.first { $0.hasPrefix("http://") })
    let terminal = try PseudoTerminal(
      ["repl"] + place + options, state: folder, width: width,
      environment: ["TAILER_API_URL": address, "TAILER_API_JWT": "rehearsal"])
    try terminal.waitForPrompt(served)
    return (server, terminal)
  }
}

extension PseudoTerminal {
  /// Types a line, and waits for the prompt that follows.
  func enter(_ line: String, then prompt: String = Site.prompt) throws {
    let mark = String(prompt.dropLast())
    let before = screen.lines.count { $0.hasPrefix(mark) }
    type(line)
    try wait(for: "a prompt after “\(line)”") {
      $0.cursorLine == mark && $0.lines.count { $0.hasPrefix(mark) } > before
    }
  }
}
