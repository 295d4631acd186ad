import CivilTime
import Foundation
import RunbookChecker
import RunbookDiagnostics
import RunbookEvaluator
import RunbookRecord
import RunbookSession
import RunbookSyntax
import RunbookTerminal
import TailerAPI
import VisibleText

extension PromptSession {
  enum Next: Hashable, Sendable { case goOn, leave }

  /// Carries out a command to the prompt.
  func carryOut(_ word: String, _ argument: String) async -> Next {
    guard let command = PromptCommand(rawValue: word) else {
      let names = PromptCommand.allCases.map(\.rawValue)
      let hint = nearest(to: word, among: names).map { "; did you mean `:\($0)`?" } ?? "; `:help` lists what there is"
      tell("There is no command `:\(word)`\(hint)")
      return .goOn
    }
    if command.argument == nil, !argument.isEmpty {
      tell("`\(command.usage)` takes nothing behind it")
      return .goOn
    }
    if command.needsArgument, argument.isEmpty {
      tell("Usage: \(command.usage)")
      return .goOn
    }
    switch command {
    case .help: output(PromptHelp.text(for: argument, width: terminal.appearance.width))
    case .runs: output(writer.runs.isEmpty ? "No runs yet.\n" : display.table(of: writer.runs))
    case .vars: output(variables())
    case .load: await load(argument)
    case .save: await save(argument)
    case .environment: await setEnvironment(argument)
    case .account: await setAccount(argument)
    case .edit: await edit()
    case .time:
      showsTime.toggle()
      tell("It is \(session.clock.now.plainMoment); timing is \(showsTime ? "on" : "off").")
    case .history: showHistory(argument)
    case .jobs: showBackground()
    case .stop:
      if !(Int(argument).map { stopBackground($0) } ?? false) {
        tell("Nothing with the number \(argument) goes on behind the prompt.")
      }
    case .ids: await askForIDs(argument)
    case .quit: return await mayLeave() ? .leave : .goOn
    }
    return .goOn
  }

  private var display: ValueDisplay { ValueDisplay(now: session.clock.now, width: terminal.appearance.width) }

  func tell(_ line: ScreenText) { terminal.show(line + "\n", as: .news) }
  private func output(_ text: ScreenText) { terminal.show(text, as: .output) }

  private func variables() -> ScreenText {
    var table = Table(columns: ["NAME", "TYPE", "VALUE"])
    for (name, value) in memory.names.sorted(by: { $0.key < $1.key }) {
      let entry = scope.names[name]
      let kind = (entry?.type.name ?? value.typeName) + (entry?.isVariable == true ? " (var)" : "")
      table.add([name, kind, words(for: value)])
    }
    for name in scope.procedures.keys.sorted() {
      let parameters = scope.procedures[name]?.parameters.map(\.name.text).joined(separator: ", ") ?? ""
      table.add([name, "procedure", "(\(parameters))"])
    }
    if let run = memory.latestRun { table.add(["run", "run", words(for: run)]) }
    if let status = memory.latestStatus { table.add(["status", "status", status.name]) }
    return table.isEmpty ? "Nothing is defined yet.\n" : table.text(width: nil)
  }

  private func words(for run: Run) -> String { "\(run.id) \(run.status?.name ?? "")" }

  private func words(for value: Value) -> String {
    switch value {
    case .operation(let operation): operation.description
    case .run(let run): words(for: run.latest)
    case .list(let values): values.count > 5 ? "\(values.count) values" : value.text
    default: value.text
    }
  }

  private func load(_ file: String) async {
    let path = file.hasPrefix("/") ? file : "\(session.directory)/\(file)"
    let bytes: [UInt8]
    do throws(SourceLoadError) {
      bytes = try SourceFiles.read(path)
    } catch {
      return tell("\(file): \(error.reason)")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      let source = SourceText(id: sources.nextID, name: file, bytes: bytes)
      return show(parse(source).diagnostics, in: SourceMap([source]))
    }
    await run(text, named: file)
  }

  private func setEnvironment(_ name: String) async {
    guard !name.isEmpty else {
      let guards = session.policy.guards.protectedEnvironments.sorted().joined(separator: ", ")
      return tell(
        "The environment is \(scope.environment ?? "not set"); known are \(context.environments.sorted().joined(separator: ", "))"
          + (guards.isEmpty ? "." : "; protected \(guards)."))
    }
    await run("environment \(name)")
  }

  private func setAccount(_ digits: String) async {
    guard !digits.isEmpty else { return tell("The account is \(scope.account ?? "not set").") }
    guard digits.utf8.count == 6, digits.utf8.allSatisfy({ (48...57).contains($0) }) else {
      return tell("“\(digits)” is no account: six digits make one")
    }
    await run("account \"\(digits)\"")
  }

  private func edit() async {
    switch await terminal.edit(lastText) {
    case .failure(let failure): tell("Nothing was run: \(failure.reason)")
    case .success(let text):
      guard text.contains(where: { !$0.isWhitespace }) else { return tell("Nothing was run: the text is empty") }
      history?.add(text)
      output(ScreenText(lines: text.hasSuffix("\n") ? text : text + "\n"))
      await run(text)
    }
  }

  private func showHistory(_ argument: String) {
    guard let count = argument.isEmpty ? 20 : Int(argument), count > 0 else {
      return tell("`\(argument)` is no count of entries")
    }
    for entry in history?.entries.suffix(count) ?? [] { output(ScreenText(lines: entry) + "\n") }
  }

  private func askForIDs(_ word: String) async {
    guard let account = scope.account else { return tell("Say the account first: `:account 000099`") }
    let types: [ConfigurationType]
    if word.isEmpty {
      types = ConfigurationType.allCases.filter(\.hasRuns)
    } else {
      guard let type = ConfigurationType(serviceName: word), type.hasRuns else {
        return tell("`\(word)` is no type that has runs")
      }
      types = [type]
    }
    var found: Set<DataOperation> = []
    for type in types {
      do throws(ServiceError) {
        let runs = try await session.service.runs(
          of: type, account: account, environment: scope.environment, RunFilter(limit: 100))
        found.formUnion(runs.map(\.operation))
      } catch {
        tell("\(type.rawValue): \(error)")
      }
    }
    suggestions.add(found)
    tell(
      "\(found.count) \(found.count == 1 ? "operation" : "operations") seen; \(suggestions.knownOperations) known for completion."
    )
  }

  private func save(_ file: String) async {
    let saved = SavedRunbook(kept, context: configuration.context)
    guard saved.problem == nil else { return tell("\(saved.problem ?? "")") }
    guard !saved.text.isEmpty else { return tell("There is nothing to save yet.") }
    let path = file.hasPrefix("/") ? file : "\(session.directory)/\(file)"
    if FileManager.default.fileExists(atPath: path) {
      guard
        case .line(let reply) = await terminal.read(
          LineRequest(prompt: "\(file) is there already. Replace it? [y/N] ", kind: .question)),
        ["y", "yes"].contains(reply.trimmed.lowercased())
      else { return tell("Nothing was saved.") }
    }
    do {
      try saved.text.write(toFile: path, atomically: true, encoding: .utf8)
    } catch {
      return tell("\(file) could not be written: \(error.localizedDescription)")
    }
    tell(
      "Saved \(saved.statementCount) \(saved.statementCount == 1 ? "statement" : "statements") to \(file); it checks."
    )
    for text in saved.leftOut { tell("left out: \(text)") }
  }
}
