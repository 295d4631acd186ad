/// Which effect a run belongs to.
public struct RunOwner: Hashable, Sendable {
  /// `nil` where the execution's record has been deleted.
  public let executionID: String?
  /// `nil` where an old journal did not know any more which effect it was.
  public let effect: RecordNumber?

  public init(executionID: String?, effect: RecordNumber?) {
    self.executionID = executionID
    self.effect = effect
  }

  /// For people: `#3 of the execution 20261127-0300-xyz`.
  public var words: String {
    guard let executionID else { return "an execution whose record was deleted" }
    return (effect.map { "\($0) of " } ?? "") + "the execution \(executionID)"
  }
}
