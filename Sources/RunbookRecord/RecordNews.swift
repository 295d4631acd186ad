public import CivilTime

/// One row of a record as a write has left it, for whoever follows the record while it grows. A row that changes is told
/// again, as it stands then; what was not kept is not told.
public struct RecordNews: Sendable {
  public enum Row: Sendable {
    /// - Parameter isResumed: Whether another process began it.
    case execution(ExecutionHeader, isResumed: Bool)
    /// The process that works on it.
    case process(ProcessLife)
    case span(Span)
    case effect(RecordedEffect)
  }

  public let at: Timestamp
  public let row: Row

  public init(at: Timestamp, _ row: Row) {
    self.at = at
    self.row = row
  }
}

/// Is told what has been kept, a write's rows after those of the writes before it, spans before the effects in them. Must not
/// block for long.
public typealias RecordFollower = @Sendable (RecordNews) -> Void

extension [Span] {
  /// The spans as the log has them, each begin and each later change at its position in it.
  ///
  /// - Parameter last: The last number at the write before; spans up to there have been told.
  public func log(after last: RecordNumber) -> [Span] {
    flatMap { span -> [(position: RecordNumber, span: Span)] in
      var begun = span
      (begun.halt, begun.ended, begun.endedAt, begun.ending) = (nil, nil, nil, nil)
      let changed = Swift.max(span.number, span.ended ?? span.number, span.halt?.number ?? span.number)
      guard span.number > last else { return [(changed, span)] }
      return changed > span.number ? [(span.number, begun), (changed, span)] : [(span.number, span)]
    }
    .sorted { $0.position < $1.position }.map(\.span)
  }
}
