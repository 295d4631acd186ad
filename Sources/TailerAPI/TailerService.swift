public import CivilTime

/// The service as the evaluator sees it: seven calls, each of which gives its reply or says exactly why not.
///
/// An implementation repeats by itself what leaves the platform as sending it once does (see `ServiceError.Kind`), which is
/// everything but a launch. That it sends once a call: its caller has to record each try before it leaves.
public protocol TailerService: Sendable {
  /// Tries once to launch and gives the new run's id. Waits for whatever keeps the request from leaving, then calls `ready`
  /// of the try, then sends; what `ready` withholds has never been sent.
  func launch(
    _ operation: DataOperation, on date: CalendarDate?, _ launchTry: LaunchTry
  ) async throws(ServiceError) -> String
  /// How long to wait before a launch is tried again of which a try surely did nothing; `nil` where it is not tried again.
  ///
  /// - Parameters:
  ///   - failure: What the last try came to.
  ///   - tries: How many there have been, those not counted that were refused for their token.
  ///   - begun: When the first of them was made.
  func pause(after failure: ServiceError, tries: Int, since begun: Timestamp) -> TimeSpan?
  /// One look at one run; `nil` while the service does not show it.
  func check(_ run: Run.Reference) async throws(ServiceError) -> Run?
  /// An operation's runs, newest first.
  func lastRuns(of operation: DataOperation, _ filter: RunFilter) async throws(ServiceError) -> [Run]
  /// Runs across an account and, where given, an environment, newest first.
  func runs(
    of type: ConfigurationType, account: String, environment: String?, _ filter: RunFilter
  ) async throws(ServiceError) -> [Run]
  func send(_ change: ServiceChange) async throws(ServiceError)
  /// What has been sent so far, for the record of what it cost.
  var requestCounts: RequestCounts { get }
  /// Until when the service wants to be left alone; `nil` where it does not.
  var quietUntil: Timestamp? { get }
  /// How far this machine's clock is ahead of the service's, as its last reply tells to a second or two; `nil` where none has told.
  var clockDifference: TimeSpan? { get }
  /// The same service for who waits anyway: its requests let those of statements go first.
  var looking: any TailerService { get }
}

extension TailerService {
  public func pause(after failure: ServiceError, tries: Int, since begun: Timestamp) -> TimeSpan? { nil }
  public var quietUntil: Timestamp? { nil }
  public var clockDifference: TimeSpan? { nil }
  public var looking: any TailerService { self }
}
