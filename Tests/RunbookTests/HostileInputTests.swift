import Foundation
import Glibc
import Testing

/// Whatever comes in: a clear error with a place, never a crash, never a request.
@Suite struct HostileInputTests {
  static let inputs: [(name: String, bytes: [UInt8])] = [
    ("empty", []), ("invalid UTF-8", [0x70, 0xFF, 0xFE, 0x0A]), ("NUL", Array("print \"a\0b\"\n".utf8)),
    ("BOM in the middle", Array("print \u{FEFF} 1".utf8)),
    ("a million brackets", [UInt8](repeating: 0x28, count: 1_000_000)),
    ("a million braces", [UInt8](repeating: 0x7B, count: 1_000_000)),
    ("a million lists", Array("print ".utf8) + [UInt8](repeating: 0x5B, count: 1_000_000)),
    ("a megabyte line", Array("print \"".utf8) + [UInt8](repeating: 0x61, count: 1_000_000)),
    ("a megabyte name", [UInt8](repeating: 0x61, count: 1_000_000)),
    ("a long sum", Array(("print text(1" + String(repeating: "+1", count: 200_000) + ")").utf8)),
    ("many nots", Array(("print text(" + String(repeating: "not ", count: 200_000) + "true)").utf8)),
    ("many interpolations", Array(String(repeating: "\"${", count: 100_000).utf8)),
    ("numbers out of range", Array("print text(99999999999999999999999999999999999999999999)".utf8)),
    (
      "dates out of range",
      Array("print text(2020-02-30)\nprint text(99999-01-01)\nprint text(2020-13-01T25:61:00Z)".utf8)
    ),
    ("durations out of range", Array("wait 99999999999999999999d".utf8)),
    ("an unterminated text", Array("print \"abc\nprint \"\"\"\n".utf8)),
    ("escapes", Array("print \"\\u{110000} \\u{D800} \\x \\\"".utf8)),
    ("include itself", Array("include \"x.runbook\"".utf8)),
    ("include what is not there", Array("include \"no-such-file.runbook\"".utf8)),
    ("include a directory", Array("include \"/tmp\"".utf8)),
    ("control characters", Array("print \u{1B}[31m \u{7}".utf8)),
  ]

  /// The three ways in, as a shell says them: $1 is the program and $2 a file.
  static let ways = [
    "file": "exec \"$1\" run --simulate \"$2\"", "-c": "exec \"$1\" run --simulate -c \"$(cat \"$2\")\"",
    "standard input": "exec \"$1\" run --simulate - < \"$2\"",
  ]

  /// What no argument can hold: NUL bytes, and more than the system lets one be.
  private static func fits(_ way: String, _ bytes: [UInt8]) -> Bool {
    way != "-c" || (bytes.count < 100_000 && !bytes.contains(0))
  }

  @Test(arguments: inputs.map(\.name), ways.keys.sorted())
  func isRefusedOrRunWithoutACrash(_ name: String, _ way: String) throws {
    let bytes = try #require(Self.inputs.first { $0.name == name }).bytes
    guard Self.fits(way, bytes) else { return }
    try Program.withFolder { folder in
      let file = folder.appending(path: "x.runbook")
      try Data(bytes).write(to: file)
      let result = try Program.shell(Self.ways[way] ?? "", file.path, directory: folder.path)
      #expect(result.status == (name == "empty" ? 0 : 2))
      if name != "empty" {
        // The include of itself is wrong in the file, whoever includes it first.
        let places = [way == "file" ? "x.runbook:" : "\(way):"] + (name == "include itself" ? ["x.runbook:"] : [])
        #expect(places.contains { result.news.contains($0) }, "\(result.news.prefix(500))")
        #expect(result.news.contains("nothing was sent"))
      }
      // Nothing of the source can move the terminal's cursor.
      #expect(!result.news.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
    }
  }

  static let failing = [
    ("1 / n", "division-by-zero"), ("1h / n", "division-by-zero"),
    ("1000000000000 * (n + 1000000000000)", "out-of-range"),
    ("2020-12-30 + 1d * (n + 4000000)", "out-of-range"), ("2020-12-30T11:28:43Z - 3000000d * (n + 1)", "out-of-range"),
    ("[1, 2][n + 7]", "no-such-element"), ("date(text(n))", "not-convertible"),
    ("1d * (n + 99999999999)", "out-of-range"),
  ]

  @Test(arguments: failing.map(\.0), ways.keys.sorted())
  func whatFailsWhileRunningHasAPlaceToo(_ expression: String, _ way: String) throws {
    let id = try #require(Self.failing.first { $0.0 == expression }).1
    try Program.withFolder { folder in
      let file = folder.appending(path: "x.runbook")
      try Data("let n = number(text(1 - 1))\nprint \"before\"\nprint text(\(expression))\n".utf8).write(to: file)
      let result = try Program.shell(Self.ways[way] ?? "", file.path, directory: folder.path)
      #expect(result.status == 1)
      #expect(result.output == "before\n")
      #expect(result.news.contains("error[\(id)]: "), "\(result.news)")
      #expect(result.news.contains(" --> \(way == "file" ? file.path : way):3:"), "\(result.news)")
    }
  }

  @Test func aLongChainOfBranchesIsNoDeepTree() throws {
    let text = "if false { }" + String(repeating: " else if false { }", count: 100_000) + " else { print \"last\" }"
    #expect(try Program.run(["run", "--simulate", "-"], input: text).output == "last\n")
  }

  @Test func crlfIsALineEnd() throws {
    let result = try Program.run(["run", "--simulate", "-c", "print \"a\"\r\nprint \"b\"\r\n"])
    #expect(result.output == "a\nb\n")
  }

  @Test func aByteOrderMarkAtTheStartIsSkipped() throws {
    #expect(try Program.run(["run", "--simulate", "-c", "\u{FEFF}print \"a\""]).output == "a\n")
  }

  @Test func aCycleOfIncludesIsNamed() throws {
    try Program.withFolder { folder in
      for (name, other) in [("a", "b"), ("b", "a")] {
        try Data("include \"\(other).runbook\"\n".utf8).write(to: folder.appending(path: "\(name).runbook"))
      }
      let result = try Program.run(["check", folder.appending(path: "a.runbook").path])
      #expect(result.status == 2)
    }
  }

  @Test func anUnreadableFileIsSaid() throws {
    let result = try Program.run(["run", "--simulate", "/no/such/file.runbook"])
    #expect(result.status == 2)
    #expect(result.news.contains("no such file"))
    #expect(try Program.run(["run", "--simulate", "/tmp"]).status == 2)
  }

  /// Whatever is named as a runbook, included by one, a scenario or a configuration: it ends, and says why.
  @Test(arguments: ["/dev/zero", "/dev/urandom", "/tmp", "no such file", "pipe", "locked"])
  func whatIsNoFileToReadIsSaid(_ name: String) throws {
    try Program.withFolder { folder in
      mkfifo(folder.appending(path: "pipe").path, 0o600)
      let locked = folder.appending(path: "locked")
      try Data("print 1\n".utf8).write(to: locked)
      chmod(locked.path, 0)
      // The one who runs the tests may be allowed to read everything.
      if name == "locked", access(locked.path, R_OK) == 0 { return }
      try Data("include \"\(name)\"\n".utf8).write(to: folder.appending(path: "x.runbook"))
      for (arguments, status) in [
        (["run", "--simulate", name], 2), (["check", name], 2), (["check", "x.runbook"], 2),
        (["run", "--simulate=\(name)", "-c", "print 1"], 2),
        (["run", "--config", name, "--simulate", "-c", "print 1"], 64),
      ] as [([String], Int32)] {
        let result = try Program.run(arguments, directory: folder.path)
        #expect(result.status == status, "\(arguments)")
        #expect(result.output.isEmpty)
        #expect(result.news.contains(name))
      }
    }
  }

  @Test func endlessStandardInputIsRefused() throws {
    let result = try Program.shell("exec \"$1\" run --simulate - < /dev/zero")
    #expect(result.status == 2)
    #expect(result.news.contains("larger than"))
  }

  /// A shell's `<(…)` is a pipe with somebody who writes to it.
  @Test func aPipeWithAWriterIsRead() throws {
    try Program.withFolder { folder in
      let result = try Program.shell(
        "mkfifo pipe && { echo 'print 42' > pipe & } && exec \"$1\" run --simulate pipe", directory: folder.path)
      #expect(result.status == 0)
      #expect(result.output == "42\n")
    }
  }

  @Test func argumentsThatAreNotUTF8AreNotRepaired() throws {
    let result = try Program.shell(
      "exec \"$1\" run --simulate -c 'param t\nprint t' \"$(printf 't=\\377')\"")
    #expect(result.status == 64)
    #expect(result.output.isEmpty)
    #expect(result.news.contains("not valid UTF-8"))
  }

  /// Whichever argument, and whichever variable decides what is done.
  @Test(arguments: [
    "exec \"$1\" check \"$(printf 'x\\377.runbook')\"",
    "exec \"$1\" run --simulate -c 'print 1' --profile \"$(printf '\\377')\"",
    "XDG_STATE_HOME=$(printf '/tmp/\\377') exec \"$1\" history",
    "HOME=$(printf '/tmp/\\377') exec \"$1\" run --simulate -c 'print 1'",
    "RUNBOOK_PROFILE=$(printf '\\377') exec \"$1\" run --simulate -c 'print 1'",
  ])
  func whatIsNotUTF8IsRefused(_ line: String) throws {
    let result = try Program.shell(line)
    #expect(result.status == 64)
    #expect(result.output.isEmpty)
    #expect(result.news.contains("UTF-8"), "\(result.news)")
  }

  static let hostileFiles = [
    ("anchors", "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n"), ("itself", "operations: &o\n  p: *o\n"),
    ("depth", String(repeating: "[", count: 100_000)), ("maps", "a: " + String(repeating: "{a: ", count: 50_000)),
    ("NUL", "a: \0"), ("tag", "!!python/object/apply:os.system [\"true\"]"), ("number", "99999999999999999999999999"),
    ("key", "? [a, b]\n: c"),
  ]

  @Test(arguments: hostileFiles.map(\.0))
  func hostileScenariosAndConfigurationsAreRefused(_ name: String) throws {
    let text = try #require(Self.hostileFiles.first { $0.0 == name }).1
    try Program.withFolder { folder in
      try Data(text.utf8).write(to: folder.appending(path: "x.yaml"))
      for (arguments, status) in [(["--simulate=x.yaml"], 2), (["--config", "x.yaml", "--simulate"], 64)] {
        let result = try Program.run(["run"] + arguments + ["-c", "print 1"], directory: folder.path)
        #expect(result.status == Int32(status), "\(arguments): \(result.news.prefix(300))")
        #expect(result.news.contains("x.yaml"))
        #expect(result.news.utf8.count < 2_000)
      }
    }
  }

  @Test(arguments: [
    ("--timeout", "99999999999999999999d"), ("--timeout", "0s"), ("--timeout", "soon"), ("--timeout", "1m1h"),
    ("--visibility-delay", "9999999999999999d"), ("--visibility-delay", "-1s"), ("--account", "99999999999"),
    ("--environment", "N OWHERE"), ("--url", "file:///etc/passwd"), ("--url", "http://example.com"),
    ("--url", "http://\u{1B}[31m"),
    ("--trust", "/no/such/file"), ("--profile", "nobody"),
  ])
  func optionsThatCannotBeMeantAreWrongUsage(_ option: String, _ value: String) throws {
    try Program.withFolder { folder in
      let result = try Program.run(
        ["run", "\(option)=\(value)", "-c", "print 1"],
        environment: Program.surroundings(
          state: folder.path, ["TAILER_API_URL": "http://127.0.0.1:1", "TAILER_API_JWT": "a.b.c"]))
      #expect(result.status == 64, "\(result.news)")
      #expect(result.output.isEmpty)
      #expect(!result.news.contains("\u{1B}"))
    }
  }

  /// Everything that can be wrong before the first request, with a service set: nothing was opened, nothing is left open.
  @Test(
    arguments: [
      ("param x\nprint x", [:], 64), ("print 1", ["TAILER_API_JWT": "a\nb: c"], 3),
      ("print 1", ["TAILER_API_JWT": ""], 0), ("print 1", ["RUNBOOK_STATE_DIRECTORY": "/proc/x"], 3),
      ("lanch x", [:], 2),
      ("print 1", ["TERM": "\u{1B}[", "COLUMNS": "-99999999999999999999", "USER": "\u{1B}[31m", "HOME": ""], 0),
    ] as [(String, [String: String], Int32)])
  func nothingIsLeftOpenWhereNothingIsSent(_ text: String, _ variables: [String: String], _ status: Int32) throws {
    try Program.withFolder { folder in
      let usual = ["TAILER_API_URL": "http://127.0.0.1:1", "TAILER_API_JWT": "a.b.c"]
      let result = try Program.run(
        ["run", "-c", text],
        environment: Program.surroundings(state: folder.path, usual.merging(variables) { $1 }))
      #expect(result.status == status, "\(result.news)")
    }
  }

  @Test func manyParametersAreTakenAndManyWrongOnesCounted() throws {
    let names = (0..<10_000).map { "p\($0)" }
    let text = names.map { "param \($0) = 21" }.joined(separator: "\n") + "\nprint p0 + p1 + p9999\n"
    let result = try Program.run(["run", "--simulate", "-", "p0=1", "p9999=2"], input: text)
    #expect(result.output == "24\n")
    let wrong = try Program.run(["run", "--simulate", "-c", "print 1"] + names.prefix(1000).map { "\($0)=21" })
    #expect(wrong.status == 64)
    #expect(wrong.news.hasSuffix("… and 980 more\n"))
  }

  /// A service that answers everything with a rejection in red, a bell and a cursor that moves up.
  private static let hostileService = #"""
    import http.server, os, sys, threading
    threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["content-length"]))
            body = b'{"message": "\\u001b[31mred\\u0007\\u001b[2A\\u009b1m \\u202egnp"}'
            self.send_response(400)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        def log_message(self, *arguments): pass
    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_port, flush=True)
    server.serve_forever()
    """#

  @Test func aReplysControlCharactersDoNotReachTheTerminal() throws {
    let server = Process()
    server.executableURL = URL(filePath: "/usr/bin/env")
    server.arguments = ["python3", "-c", Self.hostileService]
    let pipe = Pipe()
    // The server ends with its standard input; nothing of it outlives the test.
    let input = Pipe()
    server.standardInput = input
    server.standardOutput = pipe
    server.standardError = FileHandle.nullDevice
    try server.run()
    defer {
      try? input.fileHandleForWriting.close()
      server.waitUntilExit()
    }
    let port = String(decoding: pipe.fileHandleForReading.availableData, as: UTF8.self).prefix { $0.isNumber }
    try Program.withFolder { folder in
      let result = try Program.run(
        ["run", "--url", "http://127.0.0.1:\(port)", "-c", CommandTests.head + "launch table-to-table \"x\""],
        environment: Program.surroundings(state: folder.path, ["TAILER_API_JWT": "a.b.c"]))
      #expect(result.status == 8)
      #expect(result.news.contains("red"))
      let isControl: (Unicode.Scalar) -> Bool = { ($0.value < 0x20 && $0 != "\n") || (0x7F..<0xA0).contains($0.value) }
      #expect(!result.news.unicodeScalars.contains(where: isControl))
      #expect(!result.news.contains("\u{202E}"))
    }
  }
}
