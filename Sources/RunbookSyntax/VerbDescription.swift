/// All that is to be known of a changing verb. Parser, checker, plan, guards, evaluator, completion and help go by it, and have
/// no list of verbs of their own.
public struct VerbDescription: Sendable {
  let word: Word
  public let operand: VerbOperand
  public let clause: VerbClause?
  /// What has been done to the operand: `disabled`.
  public let past: String
  public let guarding: VerbGuard
  /// `nil` where operations stay in service, or out of it, as they were.
  public let standing: Standing?

  /// What help says of it; `Topic` says what each part is.
  public let abstract: String
  public let forms: [String]
  public let discussion: [String]
  public let seeAlso: [String]

  /// How a verb leaves the operations that it works on.
  public enum Standing: Sendable {
    case inService, outOfService
  }

  /// The beginning of the question before it.
  public var heading: String { word.rawValue.prefix(1).uppercased() + word.rawValue.dropFirst() }

  /// The shortest statement that needs nothing declared.
  public var sample: String { "\(word.rawValue) \(operand.sample)\(clause?.sample ?? "")" }
}

/// What a verb works on, one or a list.
public enum VerbOperand: Sendable {
  case operations, workflows, runs

  /// What is missing where it is left out, what stands for it in messages, and one that needs nothing declared.
  private var texts: (words: String, placeholder: String, sample: String) {
    switch self {
    case .operations: ("a data operation or a list of them", "OP", "table-to-table \"x\"")
    case .workflows: ("a workflow", "WORKFLOW", "workflow \"x\"")
    case .runs: ("a run or a list of runs", "RUN", "(run \"1\" of table-to-table \"x\")")
    }
  }

  var words: String { texts.words }
  var placeholder: String { texts.placeholder }
  public var sample: String { texts.sample }
}

/// What can stand behind the operand of a changing verb.
public enum VerbClause: Sendable {
  /// `on DATE`, which may be left out.
  case executionDate
  /// `as STATUS`.
  case status

  private var texts: (word: Word, sample: String) {
    switch self {
    case .executionDate: (.on, "")
    case .status: (.as, " as CHECKED")
    }
  }

  var word: Word { texts.word }
  public var text: String { word.rawValue }
  /// As much of it as has to be there.
  fileprivate var sample: String { texts.sample }
}

/// What is asked before a change, besides that `--read-only` forbids it.
public enum VerbGuard: Sendable {
  /// A yes, in a protected environment.
  case yes
  /// A yes, in a protected environment; and in any where the clause names this status, for the reason given.
  case yesAnywhere(status: String, because: String)
  /// The ids to be typed, in a protected environment.
  case ids
}
