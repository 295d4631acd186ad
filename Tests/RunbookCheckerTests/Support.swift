import RunbookChecker
import RunbookDiagnostics
import RunbookSyntax
import Testing

/// A text that stands for a file, and what came of checking it.
struct Checked {
  let result: CheckResult
  let syntaxErrors: [Diagnostic]

  var ids: [String] { (syntaxErrors + result.diagnostics).map(\.id) }
  var errors: [String] { (syntaxErrors + result.diagnostics).filter { $0.severity == .error }.map(\.id) }
  func first(_ id: String) -> Diagnostic? { result.diagnostics.first { $0.id == id } }
}

/// Operations, so that a test need not declare its own.
let preamble = """
  account "000099"
  environment DEV
  let a = table-to-table "a"
  let b = table-to-table "b"
  let files = storage-to-storage "files"
  let flow = workflow "flow"

  """

func checked(_ text: String, in context: CheckContext = CheckContext()) -> Checked {
  let source = SourceText(id: SourceID(0), name: "main.runbook", text: text)
  let parsed = parse(source)
  return Checked(
    result: check(parsed.program, sources: SourceMap([source]), context: context), syntaxErrors: parsed.diagnostics)
}

/// The ids for a text behind the preamble.
func ids(_ text: String, in context: CheckContext = CheckContext()) -> [String] {
  checked(preamble + text, in: context).ids
}

/// Files in memory.
struct Files: SourceLoader {
  var files: [String: String]
  var reasons: [String: String] = [:]

  func resolve(_ path: String, from including: String) -> String {
    guard let slash = including.lastIndex(of: "/") else { return path }
    return String(including[...slash]) + path
  }

  func load(_ name: String) throws(SourceLoadError) -> [UInt8] {
    if let reason = reasons[name] { throw SourceLoadError(reason) }
    guard let text = files[name] else { throw SourceLoadError("no such file") }
    return Array(text.utf8)
  }
}

/// A text and the ids that it gives, in the order of the source.
struct Case: Sendable, CustomTestStringConvertible {
  let text: String
  let ids: [String]
  var testDescription: String { text }

  init(_ text: String, _ ids: String...) {
    self.text = text
    self.ids = ids
  }
}
