public import CivilTime

/// The service as the evaluator sees it: seven calls, each of which gives its reply or says exactly why not.
///
/// An implementation repeats by itself what may be repeated (see `ServiceRequest.mayBeRepeated` and
/// `ServiceError.Kind`); it never sends a launch again whose outcome is unknown.
public protocol TailerService: Sendable {
  /// Launches and gives the new run's id.
  func launch(_ operation: DataOperation, on date: CalendarDate?) async throws(ServiceError) -> String
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
  /// The same service for who waits anyway: its requests let those of statements go first.
  var looking: any TailerService { get }
}

extension TailerService {
  public var quietUntil: Timestamp? { nil }
  public var looking: any TailerService { self }
}
