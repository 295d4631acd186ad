import Coordination
import Foundation
import Glibc
public import RunbookEvaluator
public import RunbookRecord
import TailerAPI
public import VisibleText

/// Asks the person at the terminal, over `/dev/tty`, so that it works also where standard input is the runbook.
///
/// One question at a time, in the order in which they come. What was typed before a question stands answers nothing: a paste
/// holds lines that nobody has read yet. Waiting for a key ends as soon as the task is cancelled.
public actor TerminalPeople: People {
  private let user: String
  private let path: String
  private let lines: LineWriter?
  private let turns = AsyncSemaphore(1)

  /// - Parameters:
  ///   - user: The name that answers are recorded under.
  ///   - lines: What else writes to the terminal; it keeps back what it has while a question is open.
  public init(user: String, path: String = "/dev/tty", lines: LineWriter? = nil) {
    self.user = user
    self.path = path
    self.lines = lines
  }

  /// Whether there is a terminal to ask at.
  public static func isThere(path: String = "/dev/tty") -> Bool {
    let descriptor = Glibc.open(path, O_RDWR | O_NOCTTY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    Glibc.close(descriptor)
    return true
  }

  public func answer(_ question: Question) async throws(PeopleError) -> PersonAnswer {
    guard await turns.wait() else { throw .cancelled }
    defer { turns.signal() }
    let terminal = try open()
    defer { terminal.close() }
    switch question {
    case .confirm(let text):
      while true {
        switch try await line(after: "\(text.printable) [y/N] ", on: terminal)?.lowercased() {
        case "y", "yes": return PersonAnswer(isYes: true, by: user)
        case "n", "no", "", nil: return PersonAnswer(isYes: false, by: user)
        default: terminal.output.write("Please answer yes or no.\n")
        }
      }
    case .typed(let text, let word):
      return PersonAnswer(isYes: try await line(after: "\(text.printable): ", on: terminal) == word, by: user)
    case .manual(let task):
      terminal.output.write("To do by hand: \(task.printable)\n")
      // Ctrl-D does not say that it is done.
      while true {
        if let note = try await line(after: "Press Enter when it is done; a note may come before it: ", on: terminal) {
          return PersonAnswer(isYes: true, by: user, note: Secrets.redacted(note).printable)
        }
      }
    }
  }

  private static let shownStatements = 10

  public func wantEnd(with finallies: [OpenFinally]) async throws(PeopleError) -> Bool {
    guard await turns.wait() else { throw .cancelled }
    defer { turns.signal() }
    let terminal = try open()
    defer { terminal.close() }
    terminal.output.write("Interrupted; what was launched goes on. Still to be carried out:\n")
    for finally in finallies {
      terminal.output.write("  the `finally` on line \(finally.line):\n")
      for statement in finally.statements.prefix(Self.shownStatements) {
        terminal.output.write("    \(statement.printable)\n")
      }
      if finally.statements.count > Self.shownStatements { terminal.output.write("    …\n") }
    }
    let question: ScreenText = "End with that now? No leaves all as it is, for `runbook resume`. [y/n] "
    while true {
      switch try await line(after: question, on: terminal)?.lowercased() {
      case "y", "yes": return true
      case "n", "no", nil: return false
      default: terminal.output.write("Please answer yes or no.\n")
      }
    }
  }

  /// A value for a parameter that the command line left out; asks again for as long as `problem` has something to say.
  ///
  /// - Throws: `nobodyThere` where Ctrl-D is pressed.
  public func value(
    of name: String, summary: String?, problem: (String) -> String?
  ) async throws(PeopleError) -> String {
    let terminal = try open()
    defer { terminal.close() }
    while true {
      let prompt: ScreenText = "\(name)\(summary.map { " (\($0))" } ?? ""): "
      guard let text = try await line(after: prompt, on: terminal) else { throw .nobodyThere }
      guard let words = problem(text) else { return text }
      terminal.output.write("\(words)\n")
    }
  }

  /// One of several words, of which the first letter is enough; asks again for as long as something else is typed. `nil` where
  /// Ctrl-D is pressed.
  public func word(after question: ScreenText, of words: [String]) async throws(PeopleError) -> String? {
    let terminal = try open()
    defer { terminal.close() }
    while true {
      guard let typed = try await line(after: question, on: terminal)?.lowercased() else { return nil }
      if !typed.isEmpty, let word = words.first(where: { $0 == typed || $0.prefix(1) == typed }) { return word }
      terminal.output.write("Please type \(words.map { String($0.prefix(1)) }.joined(separator: ", ")).\n")
    }
  }

  private static let lineLimit = 64 << 10

  /// The terminal, with everything else that is written to it kept back.
  private struct Terminal {
    let descriptor: Int32
    let lines: LineWriter?
    var output: OutputChannel { OutputChannel(descriptor) }

    func close() {
      lines?.release()
      Glibc.close(descriptor)
    }
  }

  private func open() throws(PeopleError) -> Terminal {
    let descriptor = Glibc.open(path, O_RDWR | O_NOCTTY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .nobodyThere }
    lines?.hold()
    let terminal = Terminal(descriptor: descriptor, lines: lines)
    var typed = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    if poll(&typed, 1, 0) > 0, typed.revents & Int16(POLLIN) != 0 {
      terminal.output.write("What was typed before the question does not answer it.\n")
    }
    tcflush(descriptor, TCIFLUSH)
    return terminal
  }

  /// A line as it is typed, without the space around it; `nil` for Ctrl-D. Looks for cancellation several times a second;
  /// the thread is free in between.
  private func line(after prompt: ScreenText, on terminal: Terminal) async throws(PeopleError) -> String? {
    terminal.output.write(prompt)
    var bytes: [UInt8] = []
    while true {
      if Task.isCancelled {
        terminal.output.write("\n")
        throw .cancelled
      }
      var ready = pollfd(fd: terminal.descriptor, events: Int16(POLLIN), revents: 0)
      guard poll(&ready, 1, 0) > 0 else {
        // A cancelled sleep ends at once, and the loop sees why.
        try? await Task.sleep(nanoseconds: 50_000_000)
        continue
      }
      var byte: UInt8 = 0
      let count = read(terminal.descriptor, &byte, 1)
      if count < 0, errno == EINTR || errno == EAGAIN { continue }
      // The terminal has gone.
      guard count >= 0, ready.revents & Int16(POLLHUP) == 0 else { throw .nobodyThere }
      guard count > 0 else {
        terminal.output.write("\n")
        return nil
      }
      if byte == 0x0A {
        if let text = String(validating: bytes, as: UTF8.self) { return text.trimmingCharacters(in: .whitespaces) }
        terminal.output.write("What was typed is not UTF-8; nothing of the line was taken.\n\(prompt)")
        bytes = []
        continue
      }
      guard bytes.count < Self.lineLimit else { throw .nobodyThere }
      bytes.append(byte)
    }
  }
}

/// What the command line answers to everything that asks: `--yes`.
public struct AnswersYes: People {
  public init() {}

  public func answer(_ question: Question) async throws(PeopleError) -> PersonAnswer {
    PersonAnswer(isYes: true, by: "command line")
  }
}
