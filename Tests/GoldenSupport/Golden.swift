public import FoundationEssentials
public import RunbookDiagnostics
public import Testing
import VisibleText

/// A file that holds a source and what is made of it: sections, each under a line `=== NAME`. The section `source` is
/// the input; the others are what a test found when it was recorded.
///
/// ```
/// === source
/// lanch prepare
/// === diagnostics
/// error[unknown-statement]: …
/// ```
///
/// In a source a line `\x1B` and the like cannot stand for itself, so `␛{1B}` means the byte 0x1B; everything else is
/// taken as it is. The newline before the next section is not part of a section.
public struct Golden: Sendable {
  public let url: URL
  public let name: String
  public private(set) var sections: [(name: String, text: String)]

  /// Reads one golden.
  public init(_ url: URL) throws {
    self.url = url
    name = url.deletingPathExtension().lastPathComponent
    var sections: [(name: String, text: String)] = []
    let lines = String(decoding: try Data(contentsOf: url), as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false)
    var body: [Substring] = []
    for line in lines {
      if line.hasPrefix("=== ") {
        if let last = sections.indices.last { sections[last].text = body.joined(separator: "\n") }
        sections.append((String(line.dropFirst(4)), ""))
        body = []
      } else {
        body.append(line)
      }
    }
    if let last = sections.indices.last {
      if body.last == "" { body.removeLast() }
      sections[last].text = body.joined(separator: "\n")
    }
    self.sections = sections
  }

  /// All goldens of a directory, by name.
  public static func all(in directory: URL) throws -> [Golden] {
    try FileManager.default.contentsOfDirectory(atPath: directory.path)
      .filter { $0.hasSuffix(".golden") }
      .sorted()
      .map { try Golden(directory.appending(path: $0)) }
  }

  /// The directory of the project's own goldens: `Tests/Goldens`, with a subdirectory for each room.
  public static func directory(_ name: String) -> URL {
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Goldens").appending(path: name)
  }

  public subscript(_ section: String) -> String? { sections.first { $0.name == section }?.text }

  /// The bytes of the section `source`, in which `␛{1B}` stands for the byte 0x1B.
  public var source: [UInt8] {
    let text = Array((self["source"] ?? "").utf8)
    let mark = Array("␛{".utf8)
    var bytes: [UInt8] = []
    var index = 0
    while index < text.count {
      let rest = text[index...]
      if rest.starts(with: mark), rest.count >= mark.count + 3, text[index + mark.count + 2] == UInt8(ascii: "}"),
        let byte = UInt8(
          String(decoding: text[(index + mark.count)..<(index + mark.count + 2)], as: UTF8.self), radix: 16)
      {
        bytes.append(byte)
        index += mark.count + 3
      } else {
        bytes.append(text[index])
        index += 1
      }
    }
    return bytes
  }

  /// Compares a section with what was found now. With `RECORD_GOLDENS=1` in the environment it is written down instead,
  /// and the test fails all the same, so that no run that records can pass for one that compares.
  public mutating func expect(
    _ section: String, _ found: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    if self[section] == found { return }
    guard ProcessInfo.processInfo.environment["RECORD_GOLDENS"] == "1" else {
      Issue.record(
        """
        \(name) has changed in \(section). Look at the difference; RECORD_GOLDENS=1 writes it down.
        --- recorded
        \(self[section] ?? "(nothing)")
        --- found
        \(found)
        """, sourceLocation: sourceLocation)
      return
    }
    if let index = sections.firstIndex(where: { $0.name == section }) {
      sections[index].text = found
    } else {
      sections.append((section, found))
    }
    let text = sections.map { "=== \($0.name)\n\($0.text)\n" }.joined()
    try Data(text.utf8).write(to: url)
    Issue.record("recorded \(section) of \(name); run again without RECORD_GOLDENS", sourceLocation: sourceLocation)
  }
}

/// What a test does with one golden of diagnostics: each is drawn without colour on 100 columns.
public func expectDiagnostics(
  _ golden: Golden, _ diagnostics: [Diagnostic], sources: SourceMap, sourceLocation: SourceLocation = #_sourceLocation
) throws {
  var golden = golden
  let renderer = DiagnosticRenderer(sources: sources, hasColour: false, width: 100)
  let drawn = renderer.render(diagnostics).text
  try golden.expect("diagnostics", drawn.isEmpty ? "none" : drawn, sourceLocation: sourceLocation)
}

/// The ids that a room can report and no golden of it shows: what a test asserts to be empty.
public func idsWithoutGolden(_ ids: [String], in directory: URL) throws -> [String] {
  let texts = try Golden.all(in: directory).compactMap { $0["diagnostics"] }
  return ids.filter { id in !texts.contains { $0.contains("[\(id)]: ") } }
}
