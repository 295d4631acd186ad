extension Topic {
  /// For a terminal of so many columns.
  public func text(width: Int) -> String {
    let width = max(20, min(width, 100))
    var parts = [Wrapped("\(heading)  \(abstract)", width: width, hanging: 2).text]
    if !forms.isEmpty {
      parts.append(forms.map { form in form.lines.map { "  \($0)\n" }.joined() }.joined())
    }
    parts += discussion.map { Wrapped($0, width: width).text }
    parts += tables.map { table in
      Wrapped(table.title, width: width).text
        + table.rows.map { Wrapped("  \($0.name)  \($0.meaning)", width: width, hanging: 4).text }.joined()
    }
    if !seeAlso.isEmpty {
      parts.append(Wrapped("See also: \(seeAlso.joined(separator: ", "))", width: width, hanging: 2).text)
    }
    return parts.joined(separator: "\n")
  }

  var heading: String {
    switch kind {
    case .command: title == "runbook" ? title : "runbook \(title)"
    case .errorKind: title == "errors" ? title : "catch \(title)"
    default: title
    }
  }

  public var markdown: String {
    var parts = ["### \(Self.code(heading))\n", abstract.sentence + "\n"]
    if !forms.isEmpty { parts.append("```\n" + forms.map { $0 + "\n" }.joined() + "```\n") }
    parts += discussion.map { $0 + "\n" }
    parts += tables.map { table in
      "\(table.title)\n\n" + table.rows.map { "- \($0.name): \($0.meaning)\n" }.joined()
    }
    if !seeAlso.isEmpty { parts.append("See also: " + seeAlso.map(Self.code).joined(separator: ", ") + "\n") }
    return parts.joined(separator: "\n")
  }

  private static func code(_ word: String) -> String { word.contains("`") ? word : "`\(word)`" }
}

extension Reference {
  /// What there is, in short, for a terminal of so many columns.
  public static func overview(width: Int) -> String {
    let width = max(20, min(width, 100))
    return Topic.Kind.allCases.map { kind in
      let topics = topics.filter { $0.kind == kind }
      guard kind == .command || kind == .promptCommand else {
        return kind.title + "\n"
          + Wrapped(topics.map(\.title).joined(separator: "  "), width: width, indentation: 2).text
      }
      let column = (topics.map { $0.usage.count }.max() ?? 0) + 4
      return kind.title + "\n"
        + topics.map { topic in
          let head = "  " + topic.usage
          let gap = String(repeating: " ", count: column - head.count)
          return Wrapped(head + gap + topic.abstract, width: width, hanging: column < width / 2 ? column : 4).text
        }.joined()
    }.joined(separator: "\n")
  }

  /// All of it, for a terminal of so many columns.
  public static func text(width: Int) -> String {
    Topic.Kind.allCases.map { kind in
      let title = kind.title.uppercased()
      return ([title + "\n"] + topics.filter { $0.kind == kind }.map { $0.text(width: width) }).joined(separator: "\n")
    }.joined(separator: "\n\n")
  }

  /// All of it as Markdown.
  public static var markdown: String {
    "# Reference of runbook\n\n"
      + Topic.Kind.allCases.map { kind in
        "## \(kind.title)\n\n" + topics.filter { $0.kind == kind }.map(\.markdown).joined(separator: "\n")
      }.joined(separator: "\n")
  }
}

extension Topic {
  /// A command of the prompt with what follows it, a command of the program by its name.
  public var usage: String { kind == .promptCommand ? forms.last ?? title : title }
}

/// Words in lines that fit. Several spaces in a row stay where they do not end a line.
private struct Wrapped {
  private(set) var text = ""

  init(_ words: String, width: Int, indentation: Int = 0, hanging: Int? = nil) {
    let rest = String(repeating: " ", count: hanging ?? indentation)
    var line = String(repeating: " ", count: indentation)
    var isEmpty = true
    for word in words.split(separator: " ", omittingEmptySubsequences: false) {
      if !isEmpty, line.count + 1 + word.count > width, !word.isEmpty {
        text += line.withoutTrailingSpace + "\n"
        line = rest + word
      } else {
        line += (isEmpty ? "" : " ") + word
      }
      isEmpty = false
    }
    text += line.withoutTrailingSpace + "\n"
  }
}

extension String {
  var lines: [Substring] { split(separator: "\n", omittingEmptySubsequences: false) }
  fileprivate var withoutTrailingSpace: String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
  /// With a capital letter and a full stop.
  public var sentence: String { "\(prefix(1).uppercased())\(dropFirst())." }
}
