public import CivilTime

/// How patiently the client calls the service.
public struct ClientSettings: Hashable, Sendable {
  /// How long one exchange may take, from the moment it has a place in the window.
  public var requestLimit: TimeSpan
  /// How many times one call is tried at most, what was refused for its token not counted.
  public var attempts: Int
  /// The first pause between two tries; each further one is twice as long.
  public var firstPause: TimeSpan
  public var longestPause: TimeSpan
  /// The longest `Retry-After` that is waited for; where the service asks for more, the call fails at once.
  public var longestRetryAfter: TimeSpan
  /// No try begins later than this after the call began.
  public var totalLimit: TimeSpan
  /// How many exchanges go on at once; `nil` for no limit here.
  public var maximumInFlight: Int?
  /// The cap on requests a second, those of all who call together; a second's worth may go at once.
  public var requestsPerSecond: Double

  public init(
    requestLimit: TimeSpan = .seconds(30), attempts: Int = 6, firstPause: TimeSpan = .milliseconds(500),
    longestPause: TimeSpan = .seconds(20), longestRetryAfter: TimeSpan = .minutes(2),
    totalLimit: TimeSpan = .minutes(5), maximumInFlight: Int? = 100, requestsPerSecond: Double = 500
  ) {
    self.requestLimit = requestLimit
    self.attempts = attempts
    self.firstPause = firstPause
    self.longestPause = longestPause
    self.longestRetryAfter = longestRetryAfter
    self.totalLimit = totalLimit
    self.maximumInFlight = maximumInFlight
    self.requestsPerSecond = requestsPerSecond
  }
}
