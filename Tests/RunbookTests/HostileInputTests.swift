import Foundation
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

  @Test(arguments: inputs.map(\.name))
  func isRefusedOrRunWithoutACrash(_ name: String) throws {
    let bytes = try #require(Self.inputs.first { $0.name == name }).bytes
    try Program.withFolder { folder in
      let file = folder.appending(path: "x.runbook")
      try Data(bytes).write(to: file)
      let result = try Program.run(["run", "--simulate", file.path])
      #expect(result.status == (name == "empty" ? 0 : 2))
      if name != "empty" { #expect(result.news.contains("x.runbook:")) }
      // Nothing of the source can move the terminal's cursor.
      #expect(!result.news.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
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
      #expect(result.status == 3)
      #expect(result.news.contains("red"))
      let isControl: (Unicode.Scalar) -> Bool = { ($0.value < 0x20 && $0 != "\n") || (0x7F..<0xA0).contains($0.value) }
      #expect(!result.news.unicodeScalars.contains(where: isControl))
      #expect(!result.news.contains("\u{202E}"))
    }
  }
}
