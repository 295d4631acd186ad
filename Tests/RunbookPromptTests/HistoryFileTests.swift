import Foundation
import Testing

@testable import RunbookPrompt

@Suite struct HistoryFileTests {
  private let directory = NSTemporaryDirectory() + "history-\(UUID().uuidString)"

  @Test func entriesLastBeyondASession() throws {
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let first = HistoryFile(in: directory)
    first.add("print 1")
    first.add("if true {\n  print \"a\\n\"\n}")
    #expect(HistoryFile(in: directory).entries == ["print 1", "if true {\n  print \"a\\n\"\n}"])
  }

  @Test func spacesRepeatsAndLongOnesAreNotKept() throws {
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let file = HistoryFile(in: directory)
    for entry in [" secret", "\tsecret", "a", "a", "", String(repeating: "x", count: 100_000), "b"] { file.add(entry) }
    #expect(HistoryFile(in: directory).entries == ["a", "b"])
  }

  @Test func onlyTheOwnerCanReadIt() throws {
    defer { try? FileManager.default.removeItem(atPath: directory) }
    HistoryFile(in: directory).add("a")
    let attributes = try FileManager.default.attributesOfItem(atPath: "\(directory)/history")
    #expect(attributes[.posixPermissions] as? Int == 0o600)
  }

  @Test func itStaysBounded() throws {
    defer { try? FileManager.default.removeItem(atPath: directory) }
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    let lines = (0..<(HistoryFile.limit + 10)).map { "print \($0)\n" }.joined()
    try lines.write(toFile: "\(directory)/history", atomically: true, encoding: .utf8)
    #expect(HistoryFile(in: directory).entries.first == "print 10")
    #expect(HistoryFile(in: directory).entries.count == HistoryFile.limit)
    let attributes = try FileManager.default.attributesOfItem(atPath: "\(directory)/history")
    #expect(attributes[.posixPermissions] as? Int == 0o600)
  }

  @Test func sessionsSideBySideKeepTheirLinesWhole() throws {
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let (one, other) = (HistoryFile(in: directory), HistoryFile(in: directory))
    for n in 0..<50 {
      one.add("one \(n)")
      other.add("other \(n)")
    }
    #expect(Set(HistoryFile(in: directory).entries).count == 100)
  }

  @Test(arguments: ["\\", "\\n", "a\nb", "\r\n", "\\\\n\n", "ü→"])
  func escapingGoesBothWays(_ text: String) {
    #expect(HistoryFile.unescaped(HistoryFile.escaped(text)) == text)
    #expect(!HistoryFile.escaped(text).contains("\n"))
  }

  @Test func damagedLinesAndAnUnwritablePlaceAreNoReasonToStop() throws {
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    try Data([0xFF, 0xFE, 0x0A, 0x5C, 0x0A, 0x00, 0x0A]).write(to: URL(fileURLWithPath: "\(directory)/history"))
    #expect(HistoryFile(in: directory).entries.count == 2)
    HistoryFile(in: "/proc/nowhere").add("a")
  }
}
