@preconcurrency import CReadline
import Coordination
import Foundation
import Glibc
import RunbookTerminal
import VisibleText

/// GNU readline, by its callback interface, and the screen that it draws on.
@TerminalActor
final class Readline {
  static let shared = Readline()

  /// A line that somebody waits for.
  struct Reading {
    let request: LineRequest
    let reply = Promise<LineReply>()
    /// What was typed of it when another one came in between.
    var typed: (text: String, point: Int32)?
  }

  private var terminal: ReadlineTerminal?
  var suggestions: Suggestions?
  /// What readline draws on, and what everything else is written to: the same screen.
  private var screen: UnsafeMutablePointer<FILE>?
  private var output = OutputChannel.standardOutput
  private var isLive = true
  var readings: [Reading] = []
  private var isInstalled = false
  /// The signal that ended it, or stands for a terminal that has gone.
  private var closedBy: Int32?
  private var isSuspended = false
  private var live: [ScreenText] = []
  private var drawnLive = 0
  /// How the terminal was before.
  private var found: termios?
  /// What the completion found, given out one by one.
  var matches: [String] = []

  nonisolated private init() {}

  func start(
    _ terminal: ReadlineTerminal, draws screen: UnsafeMutablePointer<FILE>?, on output: OutputChannel,
    history: [String],
    suggestions: Suggestions, isLive: Bool
  ) {
    self.terminal = terminal
    self.suggestions = suggestions
    self.screen = screen
    self.output = output
    self.isLive = isLive
    Self.speakUTF8()
    rl_readline_name = UnsafePointer(Self.name)
    rl_outstream = screen
    rl_catch_signals = 0
    rl_catch_sigwinch = 0
    rl_change_environment = 0
    // Between lines the terminal stays as readline wants it, so that what is typed ahead is neither echoed nor lost.
    rl_deprep_term_function = {}
    // Defaults of ours, which `.inputrc` overrules.
    rl_variable_bind("page-completions", "off")
    rl_variable_bind("completion-ignore-case", "on")
    rl_getc_function = { _ in KeySource.next() }
    take()
    rl_initialize()
    rl_completer_word_break_characters = UnsafePointer(Self.breaks)
    // Where texts begin and end is for the suggestions to know; readline would add quotes of its own.
    rl_completer_quote_characters = nil
    rl_basic_quote_characters = UnsafePointer(Self.noQuotes)
    rl_attempted_completion_function = { _, start, end in
      TerminalActor.assume { Readline.shared.complete(from: start, to: end).map(SendableMatches.init) }?.pointer
    }
    for entry in history { add_history(entry) }
    TerminalThread.shared.serve(
      onWake: { Readline.shared.refresh() }, onSignal: { Readline.shared.signalled($0) })
    TerminalThread.shared.take([SIGINT, SIGTERM, SIGHUP, SIGWINCH, SIGCONT])
  }

  /// Has a line be characters, whatever the locale: texts are UTF-8 here. Readline asks the environment for each line.
  private static func speakUTF8() {
    setlocale(LC_CTYPE, "")
    guard String(cString: nl_langinfo(nl_item(CODESET))) != "UTF-8" else { return }
    let decides = getenv("LC_ALL").map { $0.pointee != 0 } ?? false
    setenv(decides ? "LC_ALL" : "LC_CTYPE", "C.UTF-8", 1)
    setlocale(LC_CTYPE, "")
  }

  private static let name = strdup("runbook")
  private static let noQuotes = strdup("")
  private static let breaks = strdup(" \t\n\"'(){}[],;=<>!+*/%.:#$&")

  // MARK: Reading

  func read(_ request: LineRequest) async -> LineReply {
    if let closedBy { return .closed(closedBy) }
    if Task.isCancelled { return .interrupted }
    setAside()
    let reading = Reading(request: request)
    readings.append(reading)
    begin()
    if let reply = await reading.reply.value() { return reply }
    withdraw(reading)
    return .interrupted
  }

  /// Takes the line being typed off the screen, to be typed on later.
  private func setAside() {
    guard isInstalled, let last = readings.indices.last else { return }
    readings[last].typed = (String(cString: rl_line_buffer), rl_point)
    if isLive { rl_clear_visible_line() } else { draw("\n") }
    remove()
  }

  private func begin() {
    guard let reading = readings.last, !isSuspended, closedBy == nil else { return }
    refresh()
    eraseLive()
    if reading.request.kind == .question, KeySource.dropTyped() {
      draw("What was typed before the question does not answer it.\n")
    }
    fflush(screen)
    rl_callback_handler_install(Self.marked(reading.request.prompt)) { line in
      defer { free(line) }
      guard let line else { return TerminalActor.assume { Readline.shared.finished(nil) } }
      let text = String(validatingCString: line)
      TerminalActor.assume { text.map { Readline.shared.finished($0) } ?? Readline.shared.refuse() }
    }
    isInstalled = true
    if let typed = reading.typed {
      rl_insert_text(typed.text)
      rl_point = min(typed.point, rl_end)
      rl_redisplay()
    }
    TerminalThread.shared.listen { Readline.shared.readKeys() }
  }

  private func remove() {
    TerminalThread.shared.listen(nil)
    rl_callback_handler_remove()
    isInstalled = false
  }

  private func readKeys() {
    guard isInstalled else { return }
    if readings.last?.request.kind == .question { rl_inhibit_completion = 1 } else { rl_inhibit_completion = 0 }
    rl_callback_read_char()
  }

  /// A line was ended that is no text: it is asked for again.
  private func refuse() {
    draw("What was typed is not UTF-8; nothing of the line was taken.\n")
    remove()
    begin()
  }

  /// A line was ended; `nil` by end of file.
  private func finished(_ text: String?) {
    if let text {
      answer(.line(text))
    } else {
      draw("\n")
      answer(.endOfFile)
    }
  }

  /// Gives the line being typed to whoever waits for it, and goes on with the one set aside for it.
  private func answer(_ reply: LineReply) {
    guard let reading = readings.popLast() else { return }
    remove()
    if case .line(let text) = reply, reading.request.kind != .question { remember(text, after: reading.request) }
    reading.reply.fulfill(reply)
    begin()
  }

  private func withdraw(_ reading: Reading) {
    guard let index = readings.firstIndex(where: { $0.reply === reading.reply }) else { return }
    let isFront = index == readings.count - 1
    if isFront, isInstalled {
      draw("\n")
      remove()
    }
    readings.remove(at: index)
    if isFront { begin() }
  }

  /// Keeps the entry in readline's own list: its lines together, not where it starts with a space.
  private func remember(_ line: String, after request: LineRequest) {
    let entry = request.kind == .continuation ? request.typed + "\n" + line : line
    if request.kind == .continuation, history_length > 0, remembered {
      if let removed = remove_history(history_length - 1) { free_history_entry(removed) }
    }
    remembered = false
    guard let first = entry.first, first != " ", first != "\t", entry.contains(where: { !$0.isWhitespace }) else {
      return
    }
    add_history(entry)
    remembered = true
  }

  /// Whether the last line is in the list, so that the entry's next line joins it.
  private var remembered = false

  // MARK: Signals

  private func signalled(_ number: Int32) {
    switch number {
    case SIGINT:
      KeySource.forget()
      guard isInstalled else {
        terminal?.interruptNow(by: number)
        return
      }
      rl_callback_sigcleanup()
      rl_free_line_state()
      draw("^C\n")
      answer(.interrupted)
    case SIGTERM, SIGHUP:
      closedBy = number
      terminal?.interruptNow(by: number)
      if isInstalled { remove() }
      let waiting = readings
      readings = []
      for reading in waiting { reading.reply.fulfill(.closed(number)) }
    case SIGWINCH:
      // Only a line that is being typed is drawn again.
      if isInstalled { rl_resize_terminal() } else { rl_reset_screen_size() }
    case SIGCONT where isInstalled:
      rl_deprep_terminal()
      rl_prep_terminal(1)
      rl_forced_update_display()
    default: break
    }
  }

  // MARK: The screen

  /// Draws what was shown since the last time, above the line being typed.
  private func refresh() {
    guard !isSuspended, let shown = terminal?.takeShown() else { return }
    let pieces = shown.pieces.filter { terminal?.divert($0) == false }
    if let lines = shown.live, lines != live || !pieces.isEmpty {
      live = lines
    } else if pieces.isEmpty {
      return
    }
    if isInstalled {
      guard !pieces.isEmpty else { return }
      if isLive { rl_clear_visible_line() } else { draw("\n") }
      draw(pieces.map(\.text).joined())
      fflush(screen)
      rl_on_new_line()
      rl_forced_update_display()
    } else {
      eraseLive()
      draw(pieces.map(\.text).joined())
      drawLive()
    }
    fflush(screen)
  }

  /// Writes behind what readline has drawn so far.
  private func draw(_ text: ScreenText) {
    fflush(screen)
    output.write(text)
  }

  private func drawLive() {
    draw(live.map { $0 + "\n" }.joined())
    drawnLive = live.count
  }

  private func eraseLive() {
    guard drawnLive > 0 else { return }
    draw(.erasing(lines: drawnLive))
    drawnLive = 0
  }

  /// Hands the terminal to something else meanwhile.
  func suspended<T: Sendable>(_ body: @Sendable () -> T) -> T {
    setAside()
    refresh()
    eraseLive()
    fflush(screen)
    isSuspended = true
    restore()
    defer {
      isSuspended = false
      take()
      begin()
      refresh()
    }
    return body()
  }

  func stop() {
    refresh()
    if isInstalled { remove() }
    eraseLive()
    fflush(screen)
    restore()
    TerminalThread.shared.listen(nil)
    let waiting = readings
    readings = []
    let signal = closedBy ?? SIGHUP
    closedBy = signal
    for reading in waiting { reading.reply.fulfill(.closed(signal)) }
  }

  /// Keeps Ctrl-C from discarding what is on its way to the screen; what was typed before it is discarded where it is
  /// taken.
  private func take() {
    var settings = termios()
    guard tcgetattr(0, &settings) == 0 else { return }
    found = settings
    settings.c_lflag |= tcflag_t(NOFLSH)
    tcsetattr(0, TCSANOW, &settings)
  }

  /// Gives the terminal back as it was found.
  private func restore() {
    // Else readline adds a line of its own.
    rl_eof_found = 0
    rl_deprep_terminal()
    fflush(screen)
    if var found { tcsetattr(0, TCSADRAIN, &found) }
  }

  /// Tells readline which parts of a prompt take no room.
  private static func marked(_ prompt: ScreenText) -> String {
    var result = ""
    var isInSequence = false
    for scalar in prompt.text.unicodeScalars {
      if scalar == "\u{1B}" {
        result += "\u{1}"
        isInSequence = true
      }
      result.unicodeScalars.append(scalar)
      if isInSequence, scalar == "m" {
        result += "\u{2}"
        isInSequence = false
      }
    }
    return result
  }
}
