import CivilTime
import Coordination
import TailerAPI

@testable import TailerClient

#if canImport(FoundationEssentials)
  import FoundationEssentials
#endif

enum Sample {
  static let now = Timestamp("2020-12-30T11:28:43Z") ?? .earliest
  static let prepare = DataOperation.named(
    "000099_iowa_liquor_prepare_pda", type: .tableToTable, environment: "DEV", account: "000099")
  static let export = DataOperation.named(
    "000099_iowa_liquor_export", type: .tableToStorage, environment: "PROD", account: "000099")
  static let stores = DataOperation.named(
    "000099-iowa-stores", type: .storageToStorage, environment: "DEV", account: "000099")
  static let load = DataOperation.named(
    "000099-iowa-liquor-load-pda", type: .workflow, environment: "DEV", account: "000099")
  static let runID = "20201230-112837-0a795c70-2557-4a60-ba16-788aa2bea179"
  static let reference = Run.Reference(id: runID, operation: prepare)

  /// The documentation's own run.
  static let run = """
    {"account": "000099", "configuration_id": "000099_iowa_liquor_prepare_pda_DEV", "configuration_type": \
    "table-to-table", "duration": "0:01:24.002519", "environment": "DEV", "job_id": \
    "gbq-to-gbq|000099_iowa_liquor_prepare_pda_DEV", "last_update_date": "2020-12-30T11:30:07.960767+00:00", \
    "run_id": "\(runID)", "start_execution_date": "2020-12-30T11:28:43.861340+00:00", "status": "SUCCESS"}
    """

  /// A JSON Web Token that ends at a moment, made so that its parts need base64url.
  static func jwt(until expiry: Timestamp, serial: Int = 0) -> String {
    let seconds = expiry.microsecondsSinceEpoch / 1_000_000
    let payload = "{\"exp\":\(seconds),\"serial\":\(serial),\"name\":\"??>>~~\"}"
    return [#"{"alg":"RS256"}"#, payload, "signature-\(serial)"].map { base64URL($0) }.joined(separator: ".")
  }

  static func base64URL(_ text: String) -> String {
    Data(text.utf8).base64EncodedString().compactMap { $0 == "=" ? nil : $0 == "+" ? "-" : $0 == "/" ? "_" : "\($0)" }
      .joined()
  }
}

/// A clock on which sleeping takes no time: it moves on by each sleep and writes it down.
final class HastyClock: WallClock {
  private let state: Guarded<(now: Timestamp, sleeps: [TimeSpan])>

  init(_ now: Timestamp = Sample.now) { state = Guarded((now, [])) }

  var now: Timestamp { state.withLock { $0.now } }
  var sleeps: [TimeSpan] { state.withLock { $0.sleeps } }

  func advance(by span: TimeSpan) { state.withLock { $0.now = $0.now.advanced(by: span) } }

  func sleep(for span: TimeSpan) async throws(CancellationError) {
    guard !Task.isCancelled else { throw CancellationError() }
    state.withLock {
      $0.now = $0.now.advanced(by: span)
      $0.sleeps.append(span)
    }
  }
}

typealias Exchange = Result<HTTPReply, TransportError>

/// Answers each exchange by a script, the last answer again and again, and keeps the requests.
final class ScriptedTransport: HTTPTransport {
  private let state: Guarded<(script: ArraySlice<Exchange>, requests: [HTTPRequest])>

  init(_ script: Exchange...) { state = Guarded((script[...], [])) }

  var requests: [HTTPRequest] { state.withLock { $0.requests } }

  func send(
    _ request: HTTPRequest, within limit: TimeSpan, departure: Departure?
  ) async throws(TransportError) -> HTTPReply {
    let exchange = state.withLock { state in
      state.requests.append(request)
      return state.script.count > 1 ? state.script.popFirst() : state.script.first
    }
    guard let exchange else { throw .neverSent("the script is empty") }
    return try exchange.get()
  }
}

extension Exchange {
  static func code(_ code: Int, _ body: String = "", _ headers: [String: String] = [:]) -> Exchange {
    .success(HTTPReply(status: code, headers: headers, body: Array(body.utf8)))
  }

  static let launched = code(200, "{\"run_id\": \"\(Sample.runID)\"}")
  static let listed = code(200, "{\"results\": [\(Sample.run)]}")
  static let nothingListed = code(200, #"{"results": []}"#)
}

func client(
  _ transport: any HTTPTransport, clock: any WallClock = HastyClock(), tokens: (any TokenSource)? = nil,
  settings: ClientSettings = ClientSettings(), random: @escaping @Sendable () -> Double = { 0.5 }
) -> TailerServiceClient {
  let fixed = CachedTokens(source: "the test", clock: clock) { () async throws(TokenError) in
    throw .refused(source: "the test")
  }
  let token = try? Token(Sample.jwt(until: Sample.now.advanced(by: .days(1))))
  return TailerServiceClient(
    transport: transport,
    tokens: tokens ?? token.map { FixedToken($0, source: "TAILER_API_JWT", clock: clock) } ?? fixed, clock: clock,
    settings: settings, random: random)
}

/// The error of a call, or `nil` where it went well.
func failure<Reply>(_ call: () async throws(ServiceError) -> Reply) async -> ServiceError? {
  do throws(ServiceError) {
    _ = try await call()
    return nil
  } catch {
    return error
  }
}
