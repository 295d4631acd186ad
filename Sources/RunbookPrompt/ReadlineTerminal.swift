@preconcurrency import CReadline
public import Coordination
import Glibc
public import RunbookTerminal
public import VisibleText

/// The person's terminal, through GNU readline.
public final class ReadlineTerminal: PromptTerminal {
  /// What `Readline` has to draw, and what is to be done at Ctrl-C.
  private struct State {
    var outbox: [(text: ScreenText, kind: Shown)] = []
    var live: [ScreenText]?
    var interrupt: (@Sendable (Int32) -> Void)?
  }

  private let state = Guarded(State())
  private let variables: [String: String]
  private let stream: OutputChannel
  private let isOutputApart: Bool
  public let questions = AsyncSemaphore(1)

  /// - Parameters:
  ///   - history: Entries of earlier sessions, the oldest first.
  ///   - suggestions: What is asked at the Tab key.
  @TerminalActor
  private init(variables: [String: String], history: [String], suggestions: Suggestions) {
    self.variables = variables
    isOutputApart = !OutputChannel.standardOutput.isTerminal
    stream = isOutputApart ? .standardError : .standardOutput
    Readline.shared.start(
      self, draws: isOutputApart ? stderr : stdout, on: stream, history: history, suggestions: suggestions,
      isLive: appearance.isLive)
  }

  public static func open(
    variables: [String: String], history: [String], suggestions: Suggestions
  ) async -> ReadlineTerminal {
    await make(variables, history, suggestions)
  }

  @TerminalActor
  private static func make(_ variables: [String: String], _ history: [String], _ suggestions: Suggestions)
    -> ReadlineTerminal
  {
    ReadlineTerminal(variables: variables, history: history, suggestions: suggestions)
  }

  public var appearance: Appearance { Appearance(of: stream, variables: variables) }

  public func show(_ text: ScreenText, as kind: Shown) {
    guard !text.isEmpty else { return }
    state.withLock { $0.outbox.append((text, kind)) }
    TerminalThread.shared.wake()
  }

  public func showLive(_ lines: [ScreenText]) {
    state.withLock { $0.live = lines }
    TerminalThread.shared.wake()
  }

  public func onInterrupt(_ body: (@Sendable (Int32) -> Void)?) { state.withLock { $0.interrupt = body } }

  public func read(_ request: LineRequest) async -> LineReply { await Readline.shared.read(request) }

  public func edit(_ text: String) async -> Result<String, EditorFailure> {
    await Readline.shared.suspended { ExternalEditor(variables: variables).edit(text) }
  }

  /// Takes what was shown since the last time.
  func takeShown() -> (pieces: [(text: ScreenText, kind: Shown)], live: [ScreenText]?) {
    state.withLock { state in
      defer { (state.outbox, state.live) = ([], nil) }
      return (state.outbox, state.live)
    }
  }

  /// Puts a piece out beside the screen, where standard output goes elsewhere; whether it did.
  func divert(_ piece: (text: ScreenText, kind: Shown)) -> Bool {
    guard isOutputApart, case .output = piece.kind else { return false }
    OutputChannel.standardOutput.write(piece.text)
    return true
  }

  func interruptNow(by signal: Int32) { state.withLock { $0.interrupt }?(signal) }

  /// Leaves the terminal as it was found, after all that was shown is out.
  public func close() async { await Readline.shared.stop() }
}
