import RunbookChecker
import RunbookDiagnostics
import RunbookFormatter
import RunbookSession
import RunbookSyntax

/// What was done at a prompt as a runbook that checks: the statements of the entries that did what they say, without
/// those that only looked, and with what a file wants and the prompt does not.
struct SavedRunbook {
  private(set) var text = ""
  /// Statements that could not be kept, each in a line.
  private(set) var leftOut: [String] = []
  private(set) var statementCount = 0
  /// Why nothing can be saved.
  private(set) var problem: String?

  private struct Part {
    var text: String
    /// Comments on lines of their own before it, and one behind it.
    let before: String
    let behind: String?
    let name: String?
    let isDeclaration: Bool

    var lines: String { before + text + (behind.map { " " + $0 } ?? "") + "\n" }
  }

  init(_ entries: [PromptSession.KeptEntry], context: CheckContext) {
    var parts: [Part] = []
    var accounts: [String] = []
    var environments: [String] = []
    // Comments that no statement has followed yet.
    var remarks = ""
    for entry in entries {
      let source = SourceText(id: SourceID(0), name: "", text: entry.text)
      var comments = source.pieces.filter { $0.kind == .comment }[...]
      var settings: (account: String?, environment: String?) = (entry.account, entry.environment)
      for statement in parse(source).program.statements {
        while let comment = comments.first, comment.range.lower < statement.range.lower {
          remarks += source.text(comment.range) + "\n"
          comments.removeFirst()
        }
        comments = comments.drop { $0.range.lower < statement.range.upper }
        let behind = comments.first.flatMap { comment in
          let gap = source.text(Int(statement.range.upper)..<Int(comment.range.lower))
          return gap.allSatisfy { $0 == " " || $0 == "\t" || $0 == ";" } ? source.text(comment.range) : nil
        }
        if behind != nil { comments.removeFirst() }
        defer { remarks = "" }
        switch statement.kind {
        case .account(let expression): settings.account = expression.plainText ?? settings.account
        case .environment(let reference): settings.environment = reference.plainText ?? settings.environment
        case .expression(let expression, nil) where !expression.hasEffect: continue
        default:
          if let account = settings.account, accounts.last != account { accounts.append(account) }
          if let environment = settings.environment, environments.last != environment {
            environments.append(environment)
          }
          let isDeclaration = if case .declaration = statement.kind { true } else { false }
          parts.append(
            Part(
              text: source.text(statement.range), before: remarks, behind: behind, name: statement.declaredName?.text,
              isDeclaration: isDeclaration))
        }
      }
      remarks += comments.map { source.text($0.range) + "\n" }.joined()
    }
    for (what, values) in [("account", accounts), ("environment", environments)] where values.count > 1 {
      problem =
        "The session worked in more than one \(what) (\(values.joined(separator: ", "))), and a runbook has one; nothing was saved."
      return
    }
    Self.joinDeclarations(&parts)
    guard !parts.isEmpty else { return }
    let header = (accounts.map { "account \"\($0)\"\n" } + environments.map { "environment \($0)\n" }).joined()
    mend(&parts, header: header, context: context)
    statementCount = parts.count
    let whole = Self.joined(header, parts).text + remarks
    text = formatted(parse(SourceText(id: SourceID(0), name: "saved", text: whole))) ?? whole
  }

  /// A name that was declared again and again is a `var`, and procedures count as they were last.
  private static func joinDeclarations(_ parts: inout [Part]) {
    var last: [String: Int] = [:]
    for (index, part) in parts.enumerated() { if let name = part.name { last[name] = index } }
    var first: [String: Int] = [:]
    var superseded: Set<Int> = []
    for (index, part) in parts.enumerated() {
      guard let name = part.name else { continue }
      guard part.isDeclaration else {
        if last[name] != index { superseded.insert(index) }
        continue
      }
      guard let earlier = first[name] else {
        first[name] = index
        continue
      }
      if let assigned = part.text.replacingDeclaration(of: name, with: "") { parts[index].text = assigned }
      if let variable = parts[earlier].text.replacingDeclaration(of: name, with: "var ") {
        parts[earlier].text = variable
      }
    }
    parts = parts.enumerated().filter { !superseded.contains($0.offset) }.map(\.element)
  }

  /// Checks the whole as a file. What a file wants read gets `or fail`; what still does not check is left out.
  private mutating func mend(_ parts: inout [Part], header: String, context: CheckContext) {
    var context = context
    context.account = nil
    context.environment = nil
    context.isInteractive = false
    context.scope = .empty
    while !parts.isEmpty {
      let (text, starts) = Self.joined(header, parts)
      let preparation = Preparation(of: SourceText(id: SourceID(0), name: "saved", text: text), in: context)
      guard let error = preparation.diagnostics.first(where: { $0.severity == .error }) else { return }
      let place = Int(error.primary.range.lower)
      let index = (starts.lastIndex { $0 <= place } ?? 0)
      guard parts.indices.contains(index) else { return }
      if error.id == "unread-outcome", !parts[index].text.hasSuffix("or fail") {
        parts[index].text += " or fail"
      } else {
        leftOut.append(PromptSession.summary(of: parts[index].text))
        parts.remove(at: index)
      }
    }
  }

  private static func joined(_ header: String, _ parts: [Part]) -> (text: String, starts: [Int]) {
    var text = header.isEmpty ? "" : header + "\n"
    var starts: [Int] = []
    for part in parts {
      starts.append(text.utf8.count)
      text += part.lines
    }
    return (text, starts)
  }
}

extension String {
  /// The text with `let NAME` or `var NAME` begun by other words; `nil` where it declares nothing so.
  fileprivate func replacingDeclaration(of name: String, with words: String) -> String? {
    for word in ["let", "var"] where hasPrefix(word + " ") {
      return words + dropFirst(word.count).drop { $0 == " " }
    }
    return nil
  }
}

extension Expression {
  fileprivate var plainText: String? {
    guard case .text(let parts) = kind, parts.count == 1, case .literal(let text)? = parts.first else { return nil }
    return text
  }

  /// Whether it does something, rather than only look.
  fileprivate var hasEffect: Bool {
    switch bare.act {
    case .launch, .look, .call, .confirm: true
    case .listing, nil: false
    }
  }
}

extension EnvironmentReference {
  fileprivate var plainText: String? {
    switch self {
    case .word(let name): name.text
    case .text(let expression): expression.plainText
    }
  }
}
