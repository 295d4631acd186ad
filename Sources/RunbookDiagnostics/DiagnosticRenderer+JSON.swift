import VisibleText

extension DiagnosticRenderer {
  /// One diagnostic as a JSON object on one line, for machines. Lines and columns count from 1, columns in characters;
  /// offsets are of UTF-8, from 0, and half open. `file` is `null` for a source that is not at hand.
  ///
  /// Keys: `version`, `kind`, `id`, `severity`, `message`, `label`, the place's (`file`, `line`, `column`, `endLine`, `endColumn`,
  /// `startOffset`, `endOffset`), `labels` (a place's keys and `text`), `notes`, `fixes` (a place's keys, `title` and
  /// `replacement`), `trace` (a place's keys and `text`, innermost first).
  public func json(_ diagnostic: Diagnostic) -> String {
    let members: [(String, String)] =
      [
        ("version", "1"), ("kind", quoted("diagnostic")), ("id", quoted(diagnostic.id)),
        ("severity", quoted(diagnostic.severity.rawValue)),
        ("message", quoted(diagnostic.message)), ("label", quoted(diagnostic.primary.text)),
      ] + place(diagnostic.primary.range) + [
        ("labels", array(diagnostic.secondary.map(labelled))),
        ("notes", array(diagnostic.notes.map(quoted))),
        (
          "fixes",
          array(
            diagnostic.fixes.map { fix in
              object([("title", quoted(fix.title)), ("replacement", quoted(fix.replacement))] + place(fix.range))
            })
        ),
        ("trace", array(diagnostic.trace.map(labelled))),
      ]
    return object(members)
  }

  private func labelled(_ label: Diagnostic.Label) -> String {
    object([("text", quoted(label.text))] + place(label.range))
  }

  private func place(_ range: SourceRange) -> [(String, String)] {
    let offsets = [("startOffset", String(range.lower)), ("endOffset", String(range.upper))]
    guard let source = sources[range.source] else { return [("file", "null")] + offsets }
    let start = source.position(of: Int(range.lower))
    let end = source.position(of: Int(range.upper))
    return [
      ("file", quoted(source.name)), ("line", String(start.line)), ("column", String(start.column)),
      ("endLine", String(end.line)), ("endColumn", String(end.column)),
    ] + offsets
  }

  private func object(_ members: [(String, String)]) -> String {
    "{" + members.map { "\(quoted($0.0)):\($0.1)" }.joined(separator: ",") + "}"
  }

  private func array(_ elements: [String]) -> String { "[" + elements.joined(separator: ",") + "]" }

  private func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case _ where scalar.isUnsafe: result += scalar.jsonEscape
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
