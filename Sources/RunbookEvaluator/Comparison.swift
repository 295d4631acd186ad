public import RunbookDiagnostics
public import RunbookRecord
import RunbookSyntax

/// What a record and a runbook that is to go on with it have to do with each other: found by evaluating the runbook
/// from its top with nothing but the record to answer.
public struct Comparison: Sendable {
  /// Recorded effects that the runbook no longer comes by, or comes by with other words or another meaning.
  public let conflicts: [Diagnostic]
  /// Whether the runbook means something else where something is recorded. No acceptance lets a record answer for that.
  public let hasDiverged: Bool
  /// Recorded effects that the runbook comes by, as it words them now.
  public let reached: [RecordNumber: EffectKey]
  /// Those that it does not come by.
  public let missed: [RecordNumber]
  /// Launches of the record that the runbook does not come by where they stood. Wherever it would launch the same
  /// operation for the same date, these are its runs.
  let movedLaunches: [RecordedEffect]

  public var isClean: Bool { conflicts.isEmpty }

  init(
    conflicts: [Diagnostic], hasDiverged: Bool = false, reached: [RecordNumber: EffectKey] = [:],
    missed: [RecordNumber] = [], movedLaunches: [RecordedEffect] = []
  ) {
    self.conflicts = conflicts
    self.hasDiverged = hasDiverged
    self.reached = reached
    self.missed = missed
    self.movedLaunches = movedLaunches
  }

  /// The same where all that conflicts has been accepted before.
  public func accepted() -> Comparison {
    hasDiverged
      ? self
      : Comparison(conflicts: [], hasDiverged: false, reached: reached, missed: missed, movedLaunches: movedLaunches)
  }
}

/// How the statements read that are in a record, by the texts that are recorded with it.
struct RecordedStatements: Sendable {
  /// The lines on which a statement of that text stood, from 1, and its first line.
  private var places: [TextHash: (lines: [Int], text: String)] = [:]

  init(_ sources: [ExecutionHeader.Source] = []) {
    for (number, recorded) in sources.enumerated() {
      let source = SourceText(id: SourceID(Int32(clamping: number)), name: recorded.name, text: recorded.text)
      for case .statement(let statement) in TreeWalk(parse(source).program.statements) {
        let bounds = (Int(statement.range.lower)..<Int(statement.range.upper)).clamped(to: 0..<source.bytes.count)
        let hash = TextHash(of: source.bytes[bounds])
        let first = source.text(bounds).split(separator: "\n").first.map(String.init) ?? ""
        places[hash, default: ([], first)].lines.append(source.position(of: bounds.lowerBound).line)
      }
    }
  }

  /// A recorded effect in words: what it meant, and how its statement read.
  func words(for record: RecordedEffect) -> String {
    guard let (lines, text) = places[record.textHash] else { return record.intent.words }
    let line = lines.count == 1 ? "on line \(lines[0]) then" : "then"
    let short = text.count > 70 ? text.prefix(69) + "…" : text
    return "\(record.intent.words), \(line): `\(short)`"
  }
}
