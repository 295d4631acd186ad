import Coordination
import Foundation
import RunbookChecker
import RunbookDiagnostics
import RunbookReference
import RunbookSession
import RunbookSyntax
public import TailerAPI

/// What can come next in a line being typed. Nothing is offered that would not read and check: every candidate is put
/// in its place and handed to the parser and the checker, whose errors decide.
///
/// Shared between the session, which knows what is in scope, and the terminal, which asks at a keystroke.
public final class Suggestions: Sendable {
  /// A way to complete the word before the cursor.
  public struct Candidate: Hashable, Sendable {
    /// What replaces the word.
    public let text: String
    /// What follows it where it is the only one.
    public let end: String
  }

  /// Candidates, and where the word that they replace begins, in UTF-8 bytes of the line.
  public struct Answer: Hashable, Sendable {
    public let start: Int
    public let candidates: [Candidate]
  }

  private struct State {
    var context = CheckContext(isInteractive: true)
    var operations: Set<DataOperation> = []
    var runIDs: [String] = []
  }

  private let state = Guarded(State())
  private let directory: String

  /// - Parameter directory: Where relative file names start.
  public init(directory: String = ".") { self.directory = directory }

  func update(context: CheckContext) {
    state.withLock { state in
      state.context = context
      state.operations.formUnion(context.scope.names.values.compactMap(\.operation))
    }
  }

  /// Makes ids known: from the journal, or asked of the service.
  public func add(_ operations: some Sequence<DataOperation>) {
    state.withLock { $0.operations.formUnion(operations) }
  }

  func add(runID: String) {
    state.withLock { state in
      state.runIDs.removeAll { $0 == runID }
      state.runIDs.append(runID)
      if state.runIDs.count > 100 { state.runIDs.removeFirst() }
    }
  }

  var currentContext: CheckContext { state.withLock { $0.context } }
  var knownOperations: Int { state.withLock { $0.operations.count } }

  /// - Parameters:
  ///   - line: The line up to the cursor.
  ///   - typed: The entry's lines before it.
  public func answer(for line: String, after typed: String = "") -> Answer {
    let trimmed = line.trimmingPrefix(while: \.isWhitespace)
    if typed.isEmpty, trimmed.first == ":" { return command(line) }
    let (context, operations, runIDs) = state.withLock { ($0.context, $0.operations, $0.runIDs) }
    let before = typed.isEmpty ? [] : Array(typed.utf8) + [0x0A]
    let whole = before + Array(line.utf8)
    guard whole.count <= 64 << 10 else { return Answer(start: line.utf8.count, candidates: []) }
    let trial = Trial(context: context, text: whole)
    let found: (start: Int, candidates: [Candidate])
    switch trial.place {
    case .comment: found = (whole.count, [])
    case .text(let start): found = (start, texts(in: trial, from: start, operations, runIDs))
    case .code: found = words(in: trial, context)
    }
    guard found.start >= before.count else { return Answer(start: line.utf8.count, candidates: []) }
    var seen: Set<String> = []
    return Answer(
      start: found.start - before.count,
      candidates: found.candidates.filter { seen.insert($0.text).inserted }.sorted { $0.text < $1.text })
  }

  // MARK: Words

  private static let fields = [
    "id", "status", "operation", "started", "duration", "job", "name", "type", "account", "environment", "kind",
    "message", "attempts", "run", "count", "first", "last",
  ]
  private static let functions = ["date", "timestamp", "number", "text"]
  private static let otherTypes = ["boolean", "duration"] + functions

  private func words(in trial: Trial, _ context: CheckContext) -> (start: Int, candidates: [Candidate]) {
    let (start, word) = (trial.start, trial.word)
    if word.first?.isNumber == true { return (start, []) }
    if trial.isField {
      let fields = Self.fields.filter { $0.hasPrefix(word) && trial.accepts($0) }
      return (start, fields.map { Candidate(text: $0, end: "") })
    }
    let procedures = context.scope.procedures
    var texts = Vocabulary.words + Self.otherTypes + ErrorKind.allCases.map(\.rawValue) + Array(context.environments)
    texts += Array(context.scope.names.keys) + trial.ownWords
    var candidates = Set(texts).filter { $0 != word && $0.hasPrefix(word) && trial.accepts($0) }
      .map { Candidate(text: $0, end: " ") }
    if !word.isEmpty, Set(texts).contains(word), trial.accepts(word) {
      candidates.append(Candidate(text: word, end: " "))
    }
    for name in Array(procedures.keys) + Self.functions where name.hasPrefix(word) {
      if trial.acceptsCall(of: name) { candidates.append(Candidate(text: name, end: "(")) }
    }
    if let name = trial.openCall, let procedure = procedures[name], trial.mayLabel {
      for parameter in procedure.parameters where parameter.name.text.hasPrefix(word) {
        candidates.append(Candidate(text: parameter.name.text + " =", end: " "))
      }
    }
    return (start, candidates)
  }

  // MARK: Texts

  private func texts(
    in trial: Trial, from start: Int, _ operations: Set<DataOperation>, _ runIDs: [String]
  ) -> [Candidate] {
    let written = trial.word
    let quote = start > 0 ? trial.text[start - 1] : UInt8(ascii: "\"")
    let end = String(decoding: [quote], as: UTF8.self)
    var words = String(decoding: trial.text[..<max(0, start - 1)], as: UTF8.self)
      .split { !($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") }.map(String.init)
    let isVerbatim = words.last == "verbatim"
    if isVerbatim { words.removeLast() }
    guard let word = words.last else { return [] }
    let found: [String]
    switch word {
    case "include":
      return files(written, ending: ".runbook").map { Candidate(text: $0, end: $0.hasSuffix("/") ? "" : end) }
    case "run": found = runIDs
    case "of", "account": found = operations.map(\.account)
    case "job": found = operations.compactMap(\.jobID)
    default:
      guard let type = ConfigurationType(serviceName: word) else { return [] }
      found = operations.filter { $0.type == type && $0.isWritten(verbatim: isVerbatim) }.map(\.name)
    }
    return found.filter { text in
      text.hasPrefix(written) && !text.contains { "\"'\\$\n".contains($0) }
        && trial.accepts(text)
    }.map { Candidate(text: $0, end: end + " ") }
  }

  /// Files and folders that continue a path.
  private func files(_ written: String, ending: String?) -> [String] {
    let slash = written.lastIndex(of: "/")
    let folder = slash.map { String(written[...$0]) } ?? ""
    let beginning = slash.map { String(written[written.index(after: $0)...]) } ?? written
    let path = folder.hasPrefix("/") ? folder : "\(directory)/\(folder)"
    guard !path.utf8.contains(0), let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
      return []
    }
    return names.prefix(10_000).compactMap { name in
      guard name.hasPrefix(beginning), beginning.hasPrefix(".") || !name.hasPrefix("."), name == name.printable else {
        return nil
      }
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: "\(path)/\(name)", isDirectory: &isFolder) else { return nil }
      if isFolder.boolValue { return folder + name + "/" }
      return ending.map(name.hasSuffix) ?? true ? folder + name : nil
    }
  }

  // MARK: Commands

  private func command(_ line: String) -> Answer {
    let bytes = Array(line.utf8)
    let colon = (bytes.firstIndex(of: UInt8(ascii: ":")) ?? 0) + 1
    let rest = String(decoding: bytes[colon...], as: UTF8.self)
    guard let space = rest.firstIndex(where: \.isWhitespace) else {
      let found = PromptCommand.allCases.filter { $0.rawValue.hasPrefix(rest) }
      return Answer(
        start: colon, candidates: found.map { Candidate(text: $0.rawValue, end: $0.argument == nil ? "" : " ") })
    }
    let argument = String(rest[space...].trimmingPrefix(while: \.isWhitespace))
    let start = bytes.count - argument.utf8.count
    let context = currentContext
    let found: [String] =
      switch PromptCommand(rawValue: String(rest[..<space])) {
      case .help: Reference.words.filter { $0.hasPrefix(argument) }
      case .environment: context.environments.filter { $0.hasPrefix(argument) }
      case .ids: ConfigurationType.allCases.filter(\.hasRuns).map(\.rawValue).filter { $0.hasPrefix(argument) }
      case .load: files(argument, ending: ".runbook")
      case .save: files(argument, ending: nil)
      default: []
      }
    return Answer(start: start, candidates: found.sorted().map { Candidate(text: $0, end: "") })
  }
}

extension DataOperation {
  /// Whether its name, written with `verbatim` or without, means it.
  fileprivate func isWritten(verbatim: Bool) -> Bool {
    let written = DataOperation.named(name, type: type, environment: environment, account: account, verbatim: verbatim)
    return written.id == id
  }
}
