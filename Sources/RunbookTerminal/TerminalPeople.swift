import Foundation
import Glibc
public import RunbookEvaluator
import TailerAPI

/// Asks the person at the terminal, over `/dev/tty`, so that it works also where standard input is the runbook.
///
/// One question at a time, in the order in which they come. Waiting for a key ends as soon as the task is cancelled.
public actor TerminalPeople: People {
  private let user: String
  private let path: String
  private let prepare: @Sendable () -> Void
  private var isAsking = false
  private var queue: [CheckedContinuation<Void, Never>] = []

  /// - Parameters:
  ///   - user: The name that answers are recorded under.
  ///   - prepare: Called before a question is drawn, to take live lines away.
  public init(user: String, path: String = "/dev/tty", prepare: @escaping @Sendable () -> Void = {}) {
    self.user = user
    self.path = path
    self.prepare = prepare
  }

  /// Whether there is a terminal to ask at.
  public static func isThere(path: String = "/dev/tty") -> Bool {
    let descriptor = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    close(descriptor)
    return true
  }

  public func answer(_ question: Question) async throws(PeopleError) -> PersonAnswer {
    if isAsking { await withCheckedContinuation { queue.append($0) } }
    isAsking = true
    defer { next() }
    let descriptor = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .nobodyThere }
    defer { close(descriptor) }
    prepare()
    switch question {
    case .confirm(let text):
      while true {
        let reply = try await line(after: "\(text.printable) [y/N] ", on: descriptor).lowercased()
        switch reply {
        case "y", "yes": return PersonAnswer(isYes: true, by: user)
        case "n", "no", "": return PersonAnswer(isYes: false, by: user)
        default: continue
        }
      }
    case .typed(let text, let word):
      let reply = try await line(after: "\(text.printable): ", on: descriptor)
      return PersonAnswer(isYes: reply == word, by: user)
    case .manual(let task):
      let note = try await line(
        after: "To do by hand: \(task.printable)\nPress Enter when it is done; a note may come before it: ",
        on: descriptor)
      return PersonAnswer(isYes: true, by: user, note: note.printable)
    }
  }

  /// A value for a parameter that the command line left out.
  public func value(of name: String, summary: String?) async throws(PeopleError) -> String {
    let descriptor = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .nobodyThere }
    defer { close(descriptor) }
    return try await line(after: "\(name)\(summary.map { " (\($0.printable))" } ?? ""): ", on: descriptor)
  }

  private func next() {
    isAsking = false
    if !queue.isEmpty { queue.removeFirst().resume() }
  }

  private static let lineLimit = 64 << 10

  /// A line as it is typed. Looks for cancellation several times a second; the thread is free in between.
  private func line(after prompt: String, on descriptor: Int32) async throws(PeopleError) -> String {
    OutputChannel(descriptor).write(prompt)
    var bytes: [UInt8] = []
    while true {
      if Task.isCancelled { throw .cancelled }
      var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      guard poll(&ready, 1, 0) > 0 else {
        do {
          try await Task.sleep(nanoseconds: 50_000_000)
        } catch {
          throw .cancelled
        }
        continue
      }
      var byte: UInt8 = 0
      let count = read(descriptor, &byte, 1)
      if count < 0, errno == EINTR || errno == EAGAIN { continue }
      // The terminal has gone, or said end of file: nobody answers.
      guard count > 0 else { throw .nobodyThere }
      if byte == 0x0A { return String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespaces) }
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
