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

  /// How many letters were left out, added, replaced or swapped with their neighbour.
  private static func distance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
    var rows = [Array(0...b.count)]
    for (i, letter) in a.enumerated() {
      var row = [i + 1]
      for (j, other) in b.enumerated() {
        var best = min(rows[i][j] + (letter == other ? 0 : 1), rows[i][j + 1] + 1, row[j] + 1)
        if i > 0, j > 0, letter == b[j - 1], a[i - 1] == other { best = min(best, rows[i - 1][j - 1] + 1) }
        row.append(best)
      }
      rows.append(row)
    }
    return rows[a.count][b.count]
  }
}
