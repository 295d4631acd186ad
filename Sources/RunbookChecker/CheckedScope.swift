public import RunbookSyntax
public import TailerAPI

/// The names in scope between entries at the prompt, with what is known of each; for completion too.
public struct CheckedScope: Sendable {
  public struct Entry: Sendable {
    public let type: ValueType
    public let isVariable: Bool
    /// The identity, where a name stands for an operation that the text spells out.
    public let operation: DataOperation?

    public init(type: ValueType, isVariable: Bool, operation: DataOperation? = nil) {
      self.type = type
      self.isVariable = isVariable
      self.operation = operation
    }
  }

  public var names: [String: Entry]
  public var procedures: [String: Procedure]
  public var account: String?
  public var environment: String?
  /// Whether `run` and `status` are set.
  public var runIsSet: Bool
  public var statusIsSet: Bool
  /// Operations that have been disabled or archived, and not enabled since.
  public var stopped: Set<DataOperation>

  public static let empty = CheckedScope()

  public init(
    names: [String: Entry] = [:], procedures: [String: Procedure] = [:], account: String? = nil,
    environment: String? = nil, runIsSet: Bool = false, statusIsSet: Bool = false, stopped: Set<DataOperation> = []
  ) {
    self.names = names
    self.procedures = procedures
    self.account = account
    self.environment = environment
    self.runIsSet = runIsSet
    self.statusIsSet = statusIsSet
    self.stopped = stopped
  }
}
