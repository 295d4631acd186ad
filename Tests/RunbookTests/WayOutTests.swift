import Foundation
import ProgramSupport
import Testing

/// There is one way to a terminal, to standard output and to standard error, and what goes there can be seen.
@Suite(.timeLimit(.minutes(2))) struct WayOutTests {
  /// Other ways there, and the files that may have them, with how often.
  private static let ways: [(pattern: String, allowed: [String: Int])] = [
    (#"(^|[^.\w])(print|debugPrint|dump|NSLog)\("#, [:]),
    (#"FileHandle\.standard(Output|Error)"#, [:]), (#"exit\(withError"#, [:]), (#"STD(OUT|ERR)_FILENO"#, [:]),
    (#"\b(fputs|fputc|putc|putchar|puts|fwrite|v?f?printf|v?dprintf|perror|writev)\("#, [:]),
    // A place in a file, which no terminal has.
    (#"\bpwrite\("#, ["RunbookJournal/JournalMark.swift": 2, "RunbookJournal/JournalImage.swift": 1]),
    // What readline draws its own lines on.
    (#"\b(stdout|stderr)\b"#, ["RunbookPrompt/ReadlineTerminal.swift": 2]),
    // The way itself; files, and a pipe of the process's own.
    (
      #"(^|[^.\w])write\([a-zA-Z0-9]+, [$&]|Glibc\.write\("#,
      [
        "RunbookTerminal/OutputChannel.swift": 1, "RunbookPrompt/HistoryFile.swift": 2,
        "RunbookPrompt/ExternalEditor.swift": 1, "RunbookPrompt/TerminalThread.swift": 1,
        "runbook/FormatCommand.swift": 1,
      ]
    ),
  ]

  @Test func nothingElseWrites() throws {
    let folder = Project.root.appending(path: "Sources")
    let files = try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".swift") }
    try #require(files.count > 100)
    for (pattern, allowed) in Self.ways {
      let way = try Regex(pattern)
      var found: [String: Int] = [:]
      for file in files {
        let lines = try String(contentsOf: folder.appending(path: file), encoding: .utf8).split(separator: "\n")
        let code = lines.filter {
          !$0.trimmingCharacters(in: .whitespaces).hasPrefix("//") && !$0.contains("func print(")
            && !$0.contains("case print(")
        }
        let count = code.reduce(0) { $0 + $1.matches(of: way).count }
        if count > 0 { found[file] = count }
      }
      #expect(found == allowed, "\(pattern)")
    }
  }

  // MARK: Hostile names

  static let hostile = "a\u{1B}]0;owned\u{7}\u{9B}2J\u{61C}\u{202E}\u{200B}\u{FEFF}\u{E0041}b"

  private func unseen(in text: String) -> [Unicode.Scalar] {
    text.unicodeScalars.filter {
      let properties = $0.properties
      return (properties.generalCategory == .control && $0 != "\n") || properties.isBidiControl
        || (properties.isDefaultIgnorableCodePoint && !properties.isVariationSelector)
    }
  }

  /// The words that a command needs, behind what is tried with it.
  private static let rest: [String: [String]] = [
    "run": ["--simulate", "-c", "print 1"], "rehearse": ["x.runbook"], "check": ["x.runbook"], "plan": ["x.runbook"],
    "fmt": ["--check", "x.runbook"], "resume": ["--url", "http://127.0.0.1:1"], "transcript": ["none"],
  ]

  /// Each option and each argument of each command, by the parser's own account of them.
  private static func uses() throws -> [[String]] {
    struct Tool: Decodable {
      struct Command: Decodable {
        struct Argument: Decodable {
          struct Name: Decodable { let kind: String, name: String }
          let kind: String
          let names: [Name]?
        }
        let commandName: String
        let arguments: [Argument]?
        let subcommands: [Command]?
      }
      let command: Command
    }
    let dump = try Program.run(["--experimental-dump-help"]).output
    let commands = try JSONDecoder().decode(Tool.self, from: Data(dump.utf8)).command.subcommands ?? []
    return commands.filter { $0.commandName != "help" }.flatMap { command -> [[String]] in
      let rest = rest[command.commandName] ?? []
      return [[command.commandName, hostile]]
        + (command.arguments ?? []).filter { $0.kind == "option" }.compactMap { argument in
          guard let name = argument.names?.first(where: { $0.kind == "long" }) ?? argument.names?.first else {
            return nil
          }
          let option = (name.kind == "long" ? "--" : "-") + name.name
          return [command.commandName, option, hostile] + rest
        }
        + [[command.commandName, "--\(hostile)"] + rest]
    }
  }

  @Test func noNameBringsWhatCannotBeSeen() throws {
    let uses = try Self.uses()
    try #require(uses.count > 50)
    try Program.withFolder { folder in
      try Data("print 1\n".utf8).write(to: folder.appending(path: "x.runbook"))
      let environment = Program.surroundings(state: folder.appending(path: "state").path)
      Site.atOnce(uses.count) { index in
        let use = uses[index]
        guard let result = try? Program.run(use, environment: environment, directory: folder.path) else {
          Issue.record("\(use) did not start")
          return
        }
        let unseen = self.unseen(in: result.output + result.news)
        #expect(unseen.isEmpty, "\(use)")
        #expect(!(result.output + result.news).isEmpty, "\(use)")
      }
    }
  }

  /// A file's own name, on record and off it, as lines and as JSON.
  @Test func noFilesNameBringsWhatCannotBeSeen() throws {
    try Site.with { site in
      let file = site.folder.appending(path: Self.hostile + ".runbook")
      let hostile = Self.hostile.unicodeScalars.map { "\\u{\(String($0.value, radix: 16))}" }.joined()
      let inner =
        "print \"\(hostile)\"\nif confirm \"\(hostile)\" { }\nstep \"\(hostile)\" { }\nfail \"\(hostile)\"\n"
      try Data((Site.head + "print  1\n" + inner).utf8).write(to: file)
      func isSeen(_ arguments: [String], saying: Bool = true) throws {
        let result = try site.run(arguments)
        #expect(unseen(in: result.output + result.news).isEmpty, "\(arguments)")
        #expect((result.output + result.news).isEmpty != saying, "\(arguments)")
      }
      for command in ["check", "fmt --check", "plan", "run --yes", "run --yes --output json"] {
        try isSeen(command.split(separator: " ").map(String.init) + [file.path])
      }
      try isSeen(["check", "--output", "json", file.path], saying: false)
      let id = try site.latest().id
      for arguments in [["history"], ["history", id], ["history", "--output", "json"], ["transcript", id]] {
        try isSeen(arguments)
      }
    }
  }
}
