/// What is wrong with a scenario file: every mistake that was found, in the order of the file.
public struct ScenarioError: Error, Hashable, Sendable, CustomStringConvertible {
  public struct Issue: Hashable, Sendable, CustomStringConvertible {
    public let file: String
    /// From 1.
    public let line: Int
    /// From 1, counted in Unicode scalars.
    public let column: Int
    public let message: String

    public var description: String { "\(file):\(line):\(column): \(message)" }
  }

  public let issues: [Issue]

  /// One line for each.
  public var description: String { issues.map(\.description).joined(separator: "\n") }
}

/// Finds what a misspelt word was meant to be.
enum Spelling {
  /// `; did you mean "…"?` for the candidate nearest to the word, or nothing.
  static func hint(for word: String, among candidates: some Sequence<String>) -> String {
    let letters = Array(word.lowercased().unicodeScalars.prefix(64))
    let near = candidates.map {
      (name: $0, distance: distance(letters, Array($0.lowercased().unicodeScalars.prefix(64))))
    }
    .filter { $0.distance <= max(1, letters.count / 3) }
    .min { ($0.distance, $0.name) < ($1.distance, $1.name) }
    return near.map { "; did you mean \"\($0.name)\"?" } ?? ""
  }

  private static func distance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
    var row = Array(0...b.count)
    for (i, letter) in a.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, other) in b.enumerated() {
        let substituted = diagonal + (letter == other ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(substituted, diagonal + 1, row[j] + 1)
      }
    }
    return row[b.count]
  }
}
