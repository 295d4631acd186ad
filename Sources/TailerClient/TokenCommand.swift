public import CivilTime
import Subprocess
public import TailerAPI
import VisibleText

/// A program that prints a token, run without a shell and without a terminal.
public struct TokenCommand: Hashable, Sendable {
  /// The program and its arguments.
  public let arguments: [String]
  /// After this long it is killed, with whatever it started.
  public let limit: TimeSpan
  private let environment: [String: String]?

  /// More output than this is not a token's.
  private static let largestOutput = 64 << 10

  public static let standard = TokenCommand(["tailer", "auth", "get-token"])

  /// - Parameters:
  ///   - environment: replaces the process's own, where it is given.
  public init(_ arguments: [String], limit: TimeSpan = .seconds(60), environment: [String: String]? = nil) {
    self.arguments = arguments
    self.limit = limit
    self.environment = environment
  }

  /// Runs the program. One that fails is run once more, as the first call of a new user can fail.
  public func fetch() async throws(TokenError) -> Token {
    do {
      return try await attempt()
    } catch .commandFailed, .noTokenInOutput {
      return try await attempt()
    } catch {
      throw error
    }
  }

  fileprivate var name: String { ErrorText.shown(arguments.joined(separator: " ")) }

  private func attempt() async throws(TokenError) -> Token {
    guard let program = arguments.first, !program.isEmpty, !arguments.contains(where: { $0.utf8.contains(0) }) else {
      throw .commandNotStarted(command: name, reason: "no program is named")
    }
    let (status, output, words) = try await run(program)
    guard status.isSuccess else {
      throw .commandFailed(command: name, status: Self.words(for: status), words: Self.excerpt(words, output))
    }
    guard let text = TokenLabel.value(in: output) else { throw .noTokenInOutput(command: name) }
    Secrets.keep(text)
    return try Token(text)
  }

  private static func words(for status: TerminationStatus) -> String {
    switch status {
    case .exited(let code): "ended with status \(code)"
    case .signaled(let signal): "was ended by signal \(signal)"
    }
  }

  private static func excerpt(_ errors: String, _ output: String) -> String {
    let words = ErrorText.shown(TokenLabel.withoutTokens(errors))
    return words.isEmpty ? ErrorText.shown(TokenLabel.withoutTokens(output)) : words
  }

  private enum Ending: Sendable {
    case ran(TerminationStatus, output: [UInt8], errors: [UInt8])
    case failed(TokenError)
    case timeUp
  }

  /// The program's own time is real time, whatever clock the rest goes by.
  private func run(_ program: String) async throws(TokenError) -> (TerminationStatus, String, String) {
    let ending = await withTaskGroup(of: Ending.self) { group in
      group.addTask { await carryOut(program) }
      group.addTask {
        try? await Task.sleep(for: .microseconds(limit.microseconds))
        return .timeUp
      }
      let first = await group.next() ?? .timeUp
      group.cancelAll()
      return first
    }
    guard !Task.isCancelled else { throw .cancelled }
    switch ending {
    case .ran(let status, let output, let errors):
      return (status, String(decoding: output, as: UTF8.self), String(decoding: errors, as: UTF8.self))
    case .failed(let error): throw error
    case .timeUp: throw .commandTimedOut(command: name, after: limit)
    }
  }

  /// A file path, whose type belongs to a package that nothing else here needs.
  private static func path<Path: ExpressibleByStringLiteral>(_ text: String) -> Path
  where Path.StringLiteralType == String {
    Path(stringLiteral: text)
  }

  private func carryOut(_ program: String) async -> Ending {
    var options = PlatformOptions()
    options.createSession = true
    options.teardownSequence = [
      .send(signal: .terminate, toProcessGroup: true, allowedDurationToNextStep: .milliseconds(500))
    ]
    do {
      let result = try await Subprocess.run(
        program.utf8.contains(UInt8(ascii: "/")) ? .path(Self.path(program)) : .name(program),
        arguments: Arguments(Array(arguments.dropFirst())),
        environment: environment.map { values in
          .custom(
            Dictionary(
              uniqueKeysWithValues: values.compactMap { key, value in
                Environment.Key(rawValue: key).map { ($0, value) }
              }))
        } ?? .inherit,
        platformOptions: options, input: .none, output: .bytes(limit: Self.largestOutput),
        error: .bytes(limit: Self.largestOutput))
      return .ran(result.terminationStatus, output: result.standardOutput, errors: result.standardError)
    } catch let error as SubprocessError where error.code == .outputLimitExceeded {
      return .failed(
        .commandFailed(command: name, status: "printed more than \(Self.largestOutput >> 10) KiB", words: ""))
    } catch let error as SubprocessError where error.code == .executableNotFound {
      return .failed(.commandNotStarted(command: name, reason: "the program was not found"))
    } catch {
      return .failed(.commandNotStarted(command: name, reason: ErrorText.shown("\(error)")))
    }
  }
}

extension CachedTokens {
  /// Tokens that a command prints.
  public convenience init(command: TokenCommand, clock: any WallClock, margin: TimeSpan = .minutes(1)) {
    self.init(source: "the token command '\(command.name)'", clock: clock, margin: margin) {
      () async throws(TokenError) in try await command.fetch()
    }
  }
}
