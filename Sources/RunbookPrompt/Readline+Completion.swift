@preconcurrency import CReadline
import Glibc

extension Readline {
  func complete(from start: Int32, to end: Int32) -> UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? {
    // Never the names of files where we have nothing to offer.
    rl_attempted_completion_over = 1
    rl_completion_append_character = 0
    guard let reading = readings.last, reading.request.kind != .question, let suggestions, let buffer = rl_line_buffer
    else {
      return nil
    }
    let line = Array(UnsafeBufferPointer(start: buffer, count: Int(end))).map { UInt8(bitPattern: $0) }
    let answer = suggestions.answer(for: String(decoding: line, as: UTF8.self), after: reading.request.typed)
    // Readline may see the word begin later than the language does, as in an id with a dot.
    let skipped = Int(start) - answer.start
    matches = answer.candidates.compactMap { candidate in
      let text = candidate.text + (answer.candidates.count == 1 ? candidate.end : "")
      let bytes = Array(text.utf8)
      if skipped > 0 { return bytes.count >= skipped ? String(decoding: bytes[skipped...], as: UTF8.self) : nil }
      if skipped < 0 { return String(decoding: line[Int(start)..<min(answer.start, line.count)], as: UTF8.self) + text }
      return text
    }
    guard !matches.isEmpty else { return nil }
    return rl_completion_matches("") { _, state in
      TerminalActor.assume { Readline.shared.nextMatch(state).map(SendableText.init) }?.pointer
    }
  }

  private func nextMatch(_ state: Int32) -> UnsafeMutablePointer<CChar>? {
    matches.isEmpty ? nil : strdup(matches.removeFirst())
  }
}

/// Memory that readline takes over.
struct SendableText: @unchecked Sendable { let pointer: UnsafeMutablePointer<CChar> }
struct SendableMatches: @unchecked Sendable {
  let pointer: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
}
