public import Coordination
public import RunbookTerminal
public import VisibleText

/// The terminal as a session at the prompt sees it: lines come in, text goes out above whatever is being typed.
public protocol PromptTerminal: Sendable {
  /// What it can show now; the width changes when the window does.
  var appearance: Appearance { get }
  /// Shows whole lines above the line being typed, which it leaves as it is. From any task; pieces keep their order.
  func show(_ text: ScreenText, as kind: Shown)
  /// Replaces the lines at the bottom that tell what is still going. They are seen only while no line is being typed.
  func showLive(_ lines: [ScreenText])
  /// A line as it is typed. Where one is being typed already, that one is set aside meanwhile.
  func read(_ request: LineRequest) async -> LineReply
  /// Who asks takes a turn, for as long as the question stands: an answer that was meant for one question answers no other.
  var questions: AsyncSemaphore { get }
  /// What Ctrl-C does while no line is being typed, and a signal that ends the session at any time; `nil` for nothing. It
  /// hears the signal's number.
  func onInterrupt(_ body: (@Sendable (Int32) -> Void)?)
  /// Lets an editor change a text; `nil` where there is none, or it failed, with why.
  func edit(_ text: String) async -> Result<String, EditorFailure>
}

/// What is shown: what the runbook prints, which standard output gets, or what is said about it.
public enum Shown: Sendable {
  case output
  case news
}

public struct LineRequest: Sendable {
  public enum Kind: Sendable {
    /// The first line of an entry, or a further one: with completion and history.
    case entry, continuation
    /// An answer, which history does not keep.
    case question
  }
  public let prompt: ScreenText
  public let kind: Kind
  /// What was typed of the entry before this line, for completion.
  public let typed: String

  public init(prompt: ScreenText, kind: Kind, typed: String = "") {
    self.prompt = prompt
    self.kind = kind
    self.typed = typed
  }
}

public enum LineReply: Hashable, Sendable {
  case line(String)
  /// Ctrl-D on an empty line.
  case endOfFile
  /// Ctrl-C, or whoever asked does not want to know any more.
  case interrupted
  /// The terminal has gone, or the process is asked to end, by that signal.
  case closed(Int32)
}

/// Why a text could not be edited, in words.
public struct EditorFailure: Error, Hashable, Sendable {
  public let reason: String
  public init(_ reason: String) { self.reason = reason }
}
