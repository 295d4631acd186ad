import ArgumentParser
import Glibc
import RunbookChecker
import RunbookDiagnostics
import RunbookSession
import RunbookTerminal
import VisibleText

struct CheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(.check)

  @OptionGroup var profile: ProfileOptions
  @OptionGroup var defaults: DefaultsOptions
  @Option(help: "How to tell it: lines, or json for one diagnostic a line.") var output = OutputForm.lines
  @Argument(help: "Runbooks; `-` is standard input.") var files: [String]

  func run() async throws {
    try await CommandRunner.run {
      let surroundings = try Surroundings(profile, defaults)
      let news = OutputChannel.standardError
      let appearance = Appearance(of: news, variables: surroundings.variables)
      var errors = 0
      var warnings = 0
      var preparations: [Preparation] = []
      for file in files {
        let input = try Input(file: file, text: nil, words: [], directory: surroundings.directory)
        let preparation = Preparation(of: input.source, in: surroundings.context())
        Report.diagnostics(preparation, to: news, appearance: appearance, as: output)
        errors += preparation.diagnostics.count { $0.severity == .error }
        warnings += preparation.diagnostics.count { $0.severity == .warning }
        preparations.append(preparation)
      }
      if output == .lines {
        let verdict =
          errors == 0
          ? "\(files.count == 1 ? "1 runbook is" : "\(files.count) runbooks are") valid"
          : "\(errors) error\(errors == 1 ? "" : "s")"
        news.write("\(verdict)\(warnings > 0 ? ", \(warnings) warning\(warnings == 1 ? "" : "s")" : "")\n")
      }
      // Taking long trees apart would take as long as reading them did.
      return withExtendedLifetime(preparations) { Leaving.exit(errors == 0 ? 0 : 2) }
    }
  }
}

/// Runs a command's body, words its failures, and leaves with its exit status.
enum CommandRunner {
  /// The same for a command that works on a service, which can be asked what is set instead.
  static func run(_ options: ServiceOptions, _ body: (Surroundings) async throws -> Int32) async throws {
    try await run {
      let surroundings = try Surroundings(options.profile, options)
      guard options.explainSettings else { return try await body(surroundings) }
      OutputChannel.standardOutput.write(surroundings.explanation(options.profile))
      return 0
    }
  }

  static func run(_ body: () async throws -> Int32) async throws {
    let status: Int32
    do {
      status = try await body()
    } catch let failure as CommandFailure {
      failure.tell()
      status = failure.status
    }
    if status != 0 { throw ExitCode(status) }
  }
}

/// Draws diagnostics for people, or writes them for machines.
enum Report {
  static func diagnostics(
    _ preparation: Preparation, to news: OutputChannel, appearance: Appearance, as form: OutputForm
  ) {
    let renderer = DiagnosticRenderer(
      sources: preparation.sources, hasColour: appearance.hasColour, width: appearance.width)
    for diagnostic in preparation.diagnostics {
      switch form {
      case .lines: news.write(renderer.render(diagnostic) + "\n")
      case .json: OutputChannel.standardOutput.write(json: Array((renderer.json(diagnostic) + "\n").utf8))
      }
    }
  }
}
