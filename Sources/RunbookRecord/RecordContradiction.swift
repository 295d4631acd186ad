/// Why something cannot be in a record, or cannot follow what is in it.
public enum RecordContradiction: Error, Hashable, Sendable, CustomStringConvertible {
  case numberTaken(RecordNumber)
  case impossibleNumber(RecordNumber)
  case unfitting(RecordNumber, String, String)
  case placeTaken(String)
  case hasEnded(RecordNumber, String)
  case meansSomethingElse(String, String)
  case unknown(RecordNumber)
  /// Nothing new begins there any more.
  case halted(Span.Halt)

  public var description: String {
    switch self {
    case .numberTaken(let number): "there are two effects \(number)"
    case .impossibleNumber(let number): "no effect can have the number \(number), or have ended at the one it names"
    case .unfitting(let number, let intent, let outcome):
      "effect \(number), \(intent), cannot have come out as \(outcome)"
    case .placeTaken(let path): "two effects stand at \(path)"
    case .hasEnded(let number, let intent): "effect \(number), \(intent), has an outcome already"
    case .meansSomethingElse(let recorded, let found): "\(recorded) is recorded where \(found) begins"
    case .unknown(let number): "there is no effect \(number)"
    case .halted(let halt): "nothing begins any more behind \(halt.number)"
    }
  }
}
