public import CivilTime

/// What an execution was set to when it began, besides its text and its parameters. Whoever resumes it goes on with these,
/// whatever is set there: another account, environment or deadline would be another execution. Guards are not among them,
/// for they protect today.
public struct ExecutionSettings: Hashable, Codable, Sendable {
  /// The account of operations that name none; `nil` where the text says it.
  public var account: String?
  /// The environment of operations that name none; `nil` where the text says it.
  public var environment: String?
  /// The environments that might be named, sorted.
  public var environments: [String]
  /// The deadline of a wait that has none written.
  public var timeout: TimeSpan
  /// How many things of a list or a `parallel` go on at once when no cap is written.
  public var cap: Int
  /// How long after a launch its run may take to be listed.
  public var visibilityDelay: TimeSpan
  /// How far a machine's clock and the service's may be apart.
  public var clockTolerance: TimeSpan

  public init(
    account: String?, environment: String?, environments: [String], timeout: TimeSpan, cap: Int,
    visibilityDelay: TimeSpan, clockTolerance: TimeSpan
  ) {
    self.account = account
    self.environment = environment
    self.environments = environments
    self.timeout = timeout
    self.cap = cap
    self.visibilityDelay = visibilityDelay
    self.clockTolerance = clockTolerance
  }
}
