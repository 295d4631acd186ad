import FaultSupport
import Foundation
import Glibc
import ProgramSupport
import Testing

/// The token is written nowhere, and what is wrong with it is said with where it came from.
@Suite(.timeLimit(.minutes(1))) struct SecretTests {
  private static let opaque = "opaque-secret-that-nobody-may-see"

  private func environment(_ more: [String: String]) -> [String: String] {
    Program.surroundings(["TAILER_API_URL": "http://127.0.0.1:1", "TAILER_API_JWT": Self.opaque].merging(more) { $1 })
  }

  @Test func theTokenIsNoParameter() throws {
    let result = try Program.run(
      ["run", "--simulate", "-c", "param t from env \"TAILER_API_JWT\"\nprint t"], environment: environment([:]))
    #expect(!(result.output + result.news).contains(Self.opaque))
  }

  /// Under whichever name it comes.
  @Test func aCopyOfTheTokenIsNoParameterEither() throws {
    for arguments in [
      ["run", "--simulate", "-c", "param t from env \"COPY\"\nprint t"],
      ["run", "--simulate", "-c", "param t\nprint t", "t=Bearer \(Self.opaque)"],
    ] {
      let result = try Program.run(arguments, environment: environment(["COPY": Self.opaque]))
      #expect(result.status == 64 || result.status == 2, "\(result.status)")
      #expect(!(result.output + result.news).contains(Self.opaque))
    }
  }

  /// Whatever quotes it, in words, as JSON, as a file's text: also what only looks like a token.
  @Test func whatIsWrittenOutHasNoToken() throws {
    let web = "eyJhbGciOiJub25lIn0.eyJleHAiOjE2MDkzMjc2ODB9.c2lnbmF0dXJl"
    for token in [Self.opaque, web] {
      for arguments in [
        ["run", "--simulate", "-c", "print \"a \(token) b\""],
        ["run", "--simulate", "--output", "json", "-c", "print \"a \(token) b\""],
        ["run", "--simulate", "-c", "print \(token)"], ["check", "\(token).runbook"], ["reference", token],
        ["history", token], ["run", "--\(token)"],
      ] {
        let result = try Program.run(arguments, environment: environment([:]))
        let said = result.output + result.news
        #expect(!said.isEmpty && !said.contains(token), "\(arguments): \(said)")
      }
    }
  }

  /// As a proxy's page, JSON or an address has it, and what is left of it behind a dot.
  @Test func aTokenThatIsSpelledOtherwiseIsNotShownEither() throws {
    let token = "Sup3rOpaque+tok/en==x.part-behind-a-dot-0123"
    let spelled = [
      "Sup3rOpaque+tok\\/en==x.part-behind-a-dot-0123", "Sup3rOpaque%2Btok%2Fen%3D%3Dx.part-behind-a-dot-0123",
      "Sup3rOpaque&#43;tok&#47;en&#61;&#61;x&#46;part&#45;behind&#45;a&#45;dot&#45;0123", "part-behind-a-dot-0123",
    ]
    for text in spelled {
      let result = try Program.run(["reference", text], environment: environment(["TAILER_API_JWT": token]))
      #expect(result.news.contains("[token]"), "\(text): \(result.news)")
      #expect(!result.news.contains("0123"), "\(text): \(result.news)")
    }
  }

  @Test func anAddressDoesNotHoldIt() throws {
    let result = try Program.run(
      ["run", "--url", "http://127.0.0.1:1/\(Self.opaque)", "-c", "print 1"], environment: environment([:]))
    #expect(result.status == 64 && result.news.contains("--url"), "\(result.news)")
    #expect(!result.news.contains(Self.opaque))
  }

  @Test func anIncludedEnvironmentDoesNotShowTheToken() throws {
    try Program.withFolder { folder in
      let file = folder.appending(path: "x.runbook")
      try Data("include \"/proc/self/environ\"\n".utf8).write(to: file)
      // The excerpt shows the beginning of a long line.
      let result = try Program.run(
        ["check", file.path], environment: ["TAILER_API_JWT": Self.opaque, "PATH": "/usr/bin:/bin"])
      #expect(result.status == 2)
      #expect(!(result.output + result.news).contains(Self.opaque))
    }
  }

  // MARK: Where it comes from

  @Test func aTokenThatIsWrongNamesItsVariable() throws {
    let result = try Program.run(["run", "-c", "print 1"], environment: environment(["TAILER_API_JWT": "a b"]))
    #expect(result.status == 3)
    #expect(result.news.contains("TAILER_API_JWT"), "\(result.news)")
  }

  @Test func anAddressThatIsWrongNamesItsVariable() throws {
    let result = try Program.run(["run", "-c", "print 1"], environment: environment(["TAILER_API_URL": "ftp://x"]))
    #expect(result.status == 64)
    #expect(result.news.contains("TAILER_API_URL"), "\(result.news)")
  }

  @Test func aTokenCommandThatIsMissingIsNoRefusal() throws {
    try Site.with { site in
      try site.configure("token-command: [no-such-program]")
      site.set("TAILER_API_JWT", to: nil)
      let result = try site.run("run", try site.write("launch prepare\n"))
      try #require(result.news.contains("no-such-program"), "\(result.news)")
      #expect(!result.news.contains("the service refused"), "\(result.news)")
    }
  }
}
