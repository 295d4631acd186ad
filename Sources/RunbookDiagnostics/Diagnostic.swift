/// One thing to tell the author of a runbook, with its place: from a misspelt word to a request that was refused.
///
/// Rooms do not build these by hand: each has an enumeration of what can be wrong, carrying facts, that conforms to
/// `Diagnosable`; its wording stands in one file beside it.
public struct Diagnostic: Hashable, Sendable {
  public enum Severity: String, Hashable, Sendable, Comparable {
    case error, warning, note
    private var rank: Int { self == .error ? 0 : self == .warning ? 1 : 2 }
    public static func < (a: Severity, b: Severity) -> Bool { a.rank < b.rank }
  }

  /// A range with words of its own; the words may be empty.
  public struct Label: Hashable, Sendable {
    public let range: SourceRange
    public let text: String
    public init(_ range: SourceRange, _ text: String = "") {
      self.range = range
      self.text = text
    }
  }

  /// What to write instead: replacing `range` by `replacement` mends it. An empty range inserts.
  public struct Fix: Hashable, Sendable {
    public let title: String
    public let range: SourceRange
    public let replacement: String
    public init(_ title: String, replacing range: SourceRange, with replacement: String) {
      self.title = title
      self.range = range
      self.replacement = replacement
    }
  }

  /// Stable and never reused: `unknown-name`.
  public let id: String
  public let severity: Severity
  /// One sentence that says what is wrong, in the reader's terms.
  public let message: String
  public let primary: Label
  public let secondary: [Label]
  public let notes: [String]
  public let fixes: [Fix]
  /// The way that led here, innermost first: the calls and includes around a failure.
  public let trace: [Label]

  public init(
    id: String, severity: Severity = .error, message: String, primary: Label, secondary: [Label] = [],
    notes: [String] = [], fixes: [Fix] = [], trace: [Label] = []
  ) {
    self.id = id
    self.severity = severity
    self.message = message
    self.primary = primary
    self.secondary = secondary
    self.notes = notes
    self.fixes = fixes
    self.trace = trace
  }
}

/// What a room's enumeration of problems can do: become a diagnostic. The enumeration carries facts and ranges; the
/// words are in its conformance and nowhere else.
public protocol Diagnosable: Sendable {
  var diagnostic: Diagnostic { get }
  /// Every id that the enumeration can have, for the test that asks for a golden of each.
  static var allIDs: [String] { get }
}

extension Sequence<Diagnostic> {
  public var containsError: Bool { contains { $0.severity == .error } }
}
