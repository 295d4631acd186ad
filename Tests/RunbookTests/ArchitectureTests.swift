import Foundation
import Testing

/// The directory listing is the architecture: dependencies point one way, and nothing else is allowed.
@Suite struct ArchitectureTests {
  static let rooms: [String: Set<String>] = [
    "Coordination": [],
    "CivilTime": [],
    "VisibleText": ["Coordination"],
    "RunbookDiagnostics": ["VisibleText"],
    "YAMLDocuments": ["RunbookDiagnostics"],
    "TailerAPI": ["Coordination", "CivilTime", "VisibleText"],
    "RunbookSyntax": ["CivilTime", "RunbookDiagnostics"],
    "RunbookFormatter": ["RunbookDiagnostics", "RunbookSyntax"],
    "RunbookReference": ["RunbookDiagnostics", "RunbookSyntax"],
    "RunbookChecker": ["CivilTime", "TailerAPI", "RunbookDiagnostics", "RunbookSyntax", "VisibleText"],
    "RunbookRecord": ["CivilTime", "TailerAPI", "RunbookSyntax"],
    "RunbookEvaluator": [
      "Coordination", "CivilTime", "TailerAPI", "RunbookDiagnostics", "RunbookSyntax", "RunbookChecker",
      "RunbookRecord",
    ],
    "RunbookJournal": ["Coordination", "CivilTime", "TailerAPI", "RunbookRecord"],
    "RunbookSession": [
      "Coordination", "CivilTime", "TailerAPI", "RunbookDiagnostics", "RunbookSyntax", "RunbookChecker",
      "RunbookRecord",
      "RunbookEvaluator", "YAMLDocuments",
    ],
    "RunbookTerminal": [
      "Coordination", "CivilTime", "TailerAPI", "RunbookDiagnostics", "RunbookSyntax", "RunbookChecker",
      "RunbookRecord",
      "RunbookEvaluator",
      "RunbookSession", "VisibleText",
    ],
    "CReadline": [],
    "RunbookPrompt": [
      "Coordination", "CivilTime", "TailerAPI", "RunbookDiagnostics", "RunbookSyntax", "RunbookFormatter",
      "RunbookReference",
      "RunbookChecker", "RunbookRecord", "RunbookEvaluator", "RunbookSession", "RunbookTerminal", "CReadline",
      "VisibleText",
    ],
    "TailerClient": ["Coordination", "CivilTime", "TailerAPI", "VisibleText"],
    "TailerSimulator": ["Coordination", "CivilTime", "TailerAPI", "RunbookDiagnostics", "YAMLDocuments"],
    "runbook": [
      "Coordination", "CivilTime", "TailerAPI", "RunbookDiagnostics", "RunbookSyntax", "RunbookFormatter",
      "RunbookReference",
      "RunbookChecker", "RunbookRecord", "RunbookEvaluator", "RunbookJournal", "RunbookSession", "RunbookTerminal",
      "RunbookPrompt",
      "TailerClient", "TailerSimulator", "VisibleText", "YAMLDocuments",
    ],
  ]

  /// What the rooms that do no input or output and read no clock may import besides each other.
  static let pure = [
    "Coordination", "CivilTime", "VisibleText", "RunbookDiagnostics", "RunbookSyntax", "RunbookFormatter",
    "RunbookReference", "TailerAPI",
    "RunbookChecker", "RunbookRecord", "RunbookEvaluator",
  ]
  static let harmless: Set<String> = [
    "Foundation", "FoundationEssentials", "Synchronization", "DequeModule", "HashTreeCollections", "HeapModule",
  ]

  private static func imports(of room: String) throws -> Set<String> {
    let folder = Project.root.appending(path: "Sources/\(room)")
    let files = try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".swift") }
    try #require(!files.isEmpty)
    var found: Set<String> = []
    for file in files {
      let text = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
      for line in text.split(separator: "\n") {
        let words = line.split(separator: " ")
        guard let index = words.firstIndex(of: "import"), index <= 2, words.indices.contains(index + 1) else {
          continue
        }
        guard
          words[..<index].allSatisfy({ ["public", "package", "internal", "@preconcurrency", "@testable"].contains($0) })
        else { continue }
        found.insert(String(words[index + 1].prefix { $0 != "." }))
      }
    }
    return found
  }

  @Test(arguments: rooms.keys.sorted().filter { $0 != "CReadline" })
  func importsOnlyWhatStandsToItsLeft(_ room: String) throws {
    let known = Set(Self.rooms.keys)
    let inner = try Self.imports(of: room).intersection(known)
    #expect(inner.subtracting(Self.rooms[room] ?? []).isEmpty)
  }

  @Test(arguments: pure)
  func thePureRoomsImportNothingThatActs(_ room: String) throws {
    let outer = try Self.imports(of: room).subtracting(Self.rooms.keys)
    #expect(outer.subtracting(Self.harmless).isEmpty)
  }

  @Test func everyRoomIsOnTheList() throws {
    let folders = try FileManager.default.contentsOfDirectory(atPath: Project.root.appending(path: "Sources").path)
    #expect(Set(folders).subtracting(Self.rooms.keys).isEmpty)
  }

  @Test func onlyTheJournalKnowsItsDatabase() throws {
    for room in Self.rooms.keys where !["RunbookJournal", "CReadline"].contains(room) {
      #expect(try !Self.imports(of: room).contains("GRDB"), "\(room)")
    }
  }

  /// Nothing stands at the top that design does not name.
  @Test func theTopLevelHoldsNothingElse() throws {
    let allowed: Set<String> = [
      "Package.swift", "Package.resolved", "Sources", "Tests", "runbooks", "grammar", "README.md", "LICENSE",
    ]
    let found = try FileManager.default.contentsOfDirectory(atPath: Project.root.path).filter { !$0.hasPrefix(".") }
    #expect(Set(found).subtracting(allowed).isEmpty)
  }
}

/// Where the checkout is.
enum Project {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
}
