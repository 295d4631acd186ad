import Foundation
import Testing

@Suite struct FormatCommandTests {
  private static let untidy = "let   x=1;print x"
  private static let tidy = "let x = 1\nprint x\n"

  private func write(_ text: String, to file: URL) throws { try Data(text.utf8).write(to: file) }
  private func read(_ file: URL) throws -> String { try String(contentsOf: file, encoding: .utf8) }

  @Test func filesAreRewrittenInPlace() throws {
    try Program.withFolder { folder in
      let (one, two) = (folder.appending(path: "one.runbook"), folder.appending(path: "two.runbook"))
      try write(Self.untidy, to: one)
      try write(Self.tidy, to: two)
      try FileManager.default.setAttributes([.posixPermissions: 0o751], ofItemAtPath: one.path)
      let before = try FileManager.default.attributesOfItem(atPath: two.path)[.systemFileNumber] as? Int
      let result = try Program.run(["fmt", one.path, two.path])
      #expect(result.status == 0)
      #expect(result.output + result.news == "")
      #expect(try read(one) == Self.tidy)
      let attributes = try FileManager.default.attributesOfItem(atPath: one.path)
      #expect(attributes[.posixPermissions] as? Int == 0o751)
      #expect(try FileManager.default.attributesOfItem(atPath: two.path)[.systemFileNumber] as? Int == before)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 2)
    }
  }

  @Test func aLinkStaysALink() throws {
    try Program.withFolder { folder in
      let (file, link) = (folder.appending(path: "file.runbook"), folder.appending(path: "link.runbook"))
      try write(Self.untidy, to: file)
      try FileManager.default.createSymbolicLink(at: link, withDestinationURL: file)
      #expect(try Program.run(["fmt", link.path]).status == 0)
      #expect(try read(file) == Self.tidy)
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link.path) == file.path)
    }
  }

  @Test func checkNamesWhatWouldChangeAndChangesNothing() throws {
    try Program.withFolder { folder in
      try write(Self.untidy, to: folder.appending(path: "one.runbook"))
      try write(Self.tidy, to: folder.appending(path: "two.runbook"))
      let result = try Program.run(["fmt", "--check", "one.runbook", "two.runbook"], directory: folder.path)
      #expect(result.status == 1)
      #expect(result.output == "one.runbook\n")
      #expect(try read(folder.appending(path: "one.runbook")) == Self.untidy)
      #expect(try Program.run(["fmt", "--check", "two.runbook"], directory: folder.path).status == 0)
    }
  }

  @Test func standardInputGoesToStandardOutput() throws {
    let result = try Program.run(["fmt", "-"], input: Self.untidy)
    #expect(result.status == 0)
    #expect(result.output == Self.tidy)
    #expect(try Program.run(["fmt", "--check", "-"], input: Self.untidy).status == 1)
    #expect(try Program.run(["fmt", "-"], input: "").output == "")
  }

  @Test func whatHasErrorsIsLeftAloneAndTheRestIsDone() throws {
    try Program.withFolder { folder in
      try write("launch\n", to: folder.appending(path: "bad.runbook"))
      try write(Self.untidy, to: folder.appending(path: "one.runbook"))
      let result = try Program.run(["fmt", "bad.runbook", "none.runbook", "one.runbook"], directory: folder.path)
      #expect(result.status == 2)
      #expect(result.news.contains("--> bad.runbook:1:"))
      #expect(result.news.contains("none.runbook: no such file"))
      #expect(try read(folder.appending(path: "bad.runbook")) == "launch\n")
      #expect(try read(folder.appending(path: "one.runbook")) == Self.tidy)
      let piped = try Program.run(["fmt", "-"], input: "launch")
      #expect(piped.status == 2)
      #expect(piped.output == "")
    }
  }

  @Test func thePlaybooksHaveTheLayout() throws {
    let folder = Project.root.appending(path: "runbooks").path
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".runbook") }
    let result = try Program.run(["fmt", "--check"] + names, directory: folder)
    #expect(result.status == 0)
    #expect(result.output == "")
  }
}
