public import RunbookSyntax
public import TailerAPI

/// An error as the journal keeps it: what `catch`, `retry` and the exit status need of it.
public struct RecordedError: Error, Hashable, Codable, Sendable {
  public let kind: ErrorKind
  public let message: String
  public let attempts: Int
  public let run: Run?
  /// Runs that may be the one that was launched, where several were found.
  public let candidates: [Run]
  /// Facts for the reader below the message, one a line.
  public let notes: [String]
  /// What waiting cost, where an await ended in it.
  public let cost: WatchCost?

  public init(
    kind: ErrorKind, message: String, attempts: Int = 1, run: Run? = nil, candidates: [Run] = [],
    notes: [String] = [], cost: WatchCost? = nil
  ) {
    self.kind = kind
    self.message = message
    self.attempts = attempts
    self.run = run
    self.candidates = candidates
    self.notes = notes
    self.cost = cost
  }
}
