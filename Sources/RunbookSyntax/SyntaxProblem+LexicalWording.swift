import RunbookDiagnostics

extension SyntaxProblem {
  /// What is wrong with characters and texts.
  var characterWords: Words {
    switch kind {
    case .sourceTooLarge(let limit):
      Words("source-too-large", "the text is larger than \(limit >> 20) MiB", notes: ["Nothing of it was read."])
    case .invalidUTF8:
      Words(
        "invalid-utf8", "these bytes are not UTF-8", notes: ["Save the file as UTF-8."])
    case .controlCharacter(let value):
      Words(
        "control-character", "a runbook holds no control characters, and this is \(Self.name(of: value))",
        notes: value == 0
          ? ["Is this a text file?"]
          : value == 0x0D ? ["Lines end in a line feed, or in both; save the file anew."] : [],
        fixes: value == 0x0D ? [] : replacing("leave it out", with: ""))
    case .hiddenCharacter(let value):
      Words(
        "hidden-character", "an invisible character stands here, \(Self.name(of: value))",
        notes: ["It can make a line read as something else than it says."], fixes: replacing("leave it out", with: ""))
    case .lookAlike(let found, let meant):
      lookAlikeWords(found, meant)
    case .unexpectedCharacter(let text):
      Words(
        "unexpected-character", "\(quoted(text)) means nothing here",
        notes: text.hasPrefix("\\")
          ? ["A line goes on after an operator, a comma or an open bracket; nothing else is needed."]
          : text.hasPrefix("$") ? ["Names are read without `$`; inside a text write `${name}`."] : [])
    case .foreignComment(let mark):
      Words(
        "foreign-comment", "a comment begins with `#`, not with `\(mark)`", fixes: replacing("write `#`", with: "#"))
    case .nonASCIIName:
      Words(
        "non-ascii-name", "names hold the letters a to z, digits, `_`, and `-` before a letter",
        notes: ["Texts and comments may hold anything."])
    case .foreignOperator(let found, let meant):
      Words(
        "foreign-operator", meant.map { "`\(found)` is written `\($0)` here" } ?? "there is no operator `\(found)`",
        notes: found == "+=" || found == "-=" ? ["Write `name = name \(found.prefix(1)) value`."] : [],
        fixes: meant.map { replacing("write `\($0)`", with: $0 == "not" ? "not " : $0) } ?? [])
    case .unterminatedText(let quote, let closeAt):
      Words(
        "unterminated-text", "the text that begins here does not end on its line",
        notes: quote == "'"
          ? [] : ["A text over several lines stands between `\"\"\"` and `\"\"\"`."],
        fixes: inserting("close it", quote, at: closeAt))
    case .unterminatedBlockText:
      Words(
        "unterminated-block-text", "the text that begins here never ends", notes: ["It ends with `\"\"\"`."])
    case .unterminatedInterpolation:
      Words(
        "unterminated-interpolation", "`${` has no `}` before the text or its line ends",
        notes: ["For the characters themselves write `\\${`."])
    case .quoteInInterpolation:
      Words(
        "quote-in-interpolation", "`${…}` may hold no `\"`",
        notes: ["Write the text in `'…'`, or name the value first with `let`."])
    case .nestedInterpolation:
      Words("nested-interpolation", "`${` cannot stand inside `${…}`", notes: ["Names need no `${` there."])
    case .emptyInterpolation:
      Words("empty-interpolation", "`${}` holds nothing", notes: ["For the characters themselves write `\\${}`."])
    case .unknownEscape(let found, let meant):
      Words(
        "unknown-escape", "there is no escape \(quoted(found))",
        notes: ["Known are `\\n \\t \\\" \\\\ \\$ \\u{…}`; in `'…'` nothing is special."],
        fixes: meant.map { replacing("write \(quoted($0))", with: $0) } ?? [])
    default: Words("", "")
    }
  }

  private func lookAlikeWords(_ found: String, _ meant: String) -> Words {
    let isText = meant.utf8.count > 1 && (meant.hasPrefix("\"") || meant.hasPrefix("'"))
    let message =
      isText
      ? "these are typographic quotes, and a text stands between plain ones"
      : "\(quoted(found)) looks like \(meant == " " ? "a space" : "`\(meant)`") and is another character"
    return Words(
      "look-alike-character", message,
      fixes: replacing("write \(meant == " " ? "a plain space" : quoted(meant))", with: meant))
  }

  /// `U+0000 NULL` and the like.
  private static func name(of value: UInt32) -> String {
    let digits = String(value, radix: 16, uppercase: true)
    let code = "U+" + String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
    let name: String? =
      switch value {
      case 0: "NUL"
      case 0x07: "a bell"
      case 0x08: "a backspace"
      case 0x0B: "a vertical tab"
      case 0x0C: "a form feed"
      case 0x0D: "a carriage return on its own"
      case 0x1B: "an escape"
      case 0x7F: "a delete"
      case 0xFEFF: "a byte order mark"
      case 0x202A...0x202E, 0x2066...0x2069, 0x200E, 0x200F: "a mark that reorders text"
      case 0x200B...0x200D, 0x2060: "a character without width"
      default: nil
      }
    return name.map { "\(code), \($0)" } ?? code
  }

  /// What is wrong with numbers, durations, dates and timestamps.
  var literalWords: Words {
    switch kind {
    case .malformedDate(let meant):
      Words(
        "malformed-date", "this is not a date, and no subtraction is written without spaces like this",
        notes: ["A date is four digits, two and two: `2020-12-30`."],
        fixes: meant.map { replacing("write `\($0)`", with: $0) } ?? [])
    case .impossibleDate(let text): Words("impossible-date", "there is no day \(quoted(text))")
    case .impossibleTimestamp(let text):
      Words(
        "impossible-timestamp", "there is no moment \(quoted(text))",
        notes: ["A timestamp is a date, `T`, a time of day and a zone: `2020-12-30T11:28:43Z`."])
    case .timestampWithoutZone:
      Words(
        "timestamp-without-zone", "a timestamp says its zone",
        notes: ["`Z` is UTC; `+01:00` is an hour ahead of it."],
        fixes: inserting("for UTC add `Z`", "Z", at: place.end))
    case .timeOfDay:
      Words(
        "time-of-day", "a time of day is no value on its own",
        notes: ["A moment is written `2020-12-30T11:28:43Z`, a length of time `1h30m`."])
    case .malformedNumber(let meant):
      Words(
        "malformed-number", "this is neither a number nor a duration",
        notes: ["Numbers are written `3` and `1.5`, durations `500ms`, `10s`, `30m`, `1h30m`, `2d`."],
        fixes: meant.map { replacing("write `\($0)`", with: $0) } ?? [])
    case .numberOutOfRange:
      Words(
        "number-out-of-range", "this number is too large or too fine",
        notes: ["A number is at most 10¹⁵ and has at most nine places behind the point."])
    case .malformedDuration(let meant):
      Words(
        "malformed-duration", "a duration is written with `d`, `h`, `m`, `s` and `ms`, the largest first",
        fixes: meant.map { replacing("write `\($0)`", with: $0) } ?? [])
    case .durationOutOfRange:
      Words("duration-out-of-range", "this duration is too long", notes: ["The longest is ten thousand years."])
    default: Words("", "")
    }
  }
}
