public import CivilTime

/// How an execution ended, or why it stopped.
public struct ExecutionEnd: Hashable, Codable, Sendable {
  public var at: Timestamp
  public var exitStatus: Int32
  /// One line for people: `done`, the failure's message, `interrupted`.
  public var summary: String
  public var isResumable: Bool
  /// The effects that it ended over, by a version of the program that recorded no spans; empty where the spans tell.
  public var origins: [EffectKey]
  /// What it has cost; the requests of a process that was killed are not in it, and it says so.
  public var cost: ExecutionCost?

  public init(
    at: Timestamp, exitStatus: Int32, summary: String, isResumable: Bool, origins: [EffectKey] = [],
    cost: ExecutionCost? = nil
  ) {
    self.at = at
    self.exitStatus = exitStatus
    self.summary = summary
    self.isResumable = isResumable
    self.origins = origins
    self.cost = cost
  }
}

extension ExecutionEnd {
  /// In place of an end where there is none: the process was killed, or its disk was full.
  public static let unrecorded = "its process is gone, and did not record how it ended"

  /// The end that a person gives to what had stopped; `nil` stands for a process that was killed.
  public static func abandoned(_ before: ExecutionEnd?, by user: String, at moment: Timestamp) -> ExecutionEnd {
    ExecutionEnd(
      at: moment, exitStatus: 6, summary: "given up by \(user); before: \(before?.summary ?? unrecorded)",
      isResumable: false, origins: before?.origins ?? [], cost: before?.cost)
  }
}
