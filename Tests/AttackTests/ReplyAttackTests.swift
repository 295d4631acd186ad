import CivilTime
import SeedSupport
import TailerAPI
import TailerClient
import Testing

/// Replies that are damaged, or that echo the token: what is taken from them, and said of them, can be shown to anybody.
@Suite(.timeLimit(.minutes(10))) struct ReplyAttackTests {
  private static let secret = "opaque-secret-that-nobody-may-see"
  private static let operation = DataOperation.named(
    "p", type: .tableToTable, environment: "DEV", account: "000099")
  private static let id = "20201230-112837-0a795c70-2557-4a60-ba16-788aa2bea179"

  private static let bodies: [[UInt8]] = [
    #"{"run_id": "\#(id)"}"#, #"{"code": 200, "message": "done for Bearer \#(secret)"}"#,
    #"{"message": "Bearer \#(secret) is not known \#(secret)\#(secret)"}"#,
    #"<html><title>403</title><body>authorization: Bearer \#(secret)</body></html>"#,
    """
    {"results": [{"account": "000099", "configuration_id": "p_DEV", "configuration_type": "table-to-table", "duration": \
    "0:01:24.002519", "environment": "DEV", "job_id": "gbq-to-gbq|p_DEV", "last_update_date": \
    "2020-12-30T11:30:07.960767+00:00", "run_id": "\(id)", "start_execution_date": "2020-12-30T11:28:43.861340+00:00", \
    "status": "SUCCESS"}, {"run_id": "\(secret)", "status": "\(secret)", "job_id": "gbq-to-gbq|p_DEV"}]}
    """,
  ].map { Array($0.utf8) }

  /// One reply to whatever is asked.
  private struct Answering: HTTPTransport {
    let reply: HTTPReply
    func send(
      _ request: HTTPRequest, within limit: TimeSpan, departure: Departure?
    ) async throws(TransportError) -> HTTPReply { reply }
  }

  /// A clock that stands still, on which nobody waits.
  private struct Still: WallClock {
    var now: Timestamp { Timestamp("2020-12-30T11:28:43Z") ?? .earliest }
    func sleep(for span: TimeSpan) async throws(CancellationError) {}
  }

  private func texts(of runs: [Run]) -> [String] {
    runs.flatMap { [$0.id, $0.status?.name ?? "", $0.jobID ?? "", $0.operation.description] }
  }

  @Test func whatIsSaidOfARepliesCanBeShown() async throws {
    let token = try Token(Self.secret)
    for seed in Seeds.each(1500) {
      var mutation = Mutation(seed: seed)
      let body = mutation.damaged(mutation.pick(Self.bodies) ?? [])
      let status = mutation.pick([200, 200, 200, 204, 302, 400, 401, 404, 418, 429, 500, 502, 503]) ?? 200
      var headers = ["content-type": "application/json"]
      for name in ["retry-after", "date", "location"] {
        headers[name] = String(decoding: mutation.damaged(Array("Wed, 30 Dec 2020 11:28:43 GMT".utf8)), as: UTF8.self)
      }
      let client = TailerServiceClient(
        transport: Answering(reply: HTTPReply(status: status, headers: headers, body: body)),
        tokens: FixedToken(token, source: "the test", clock: Still()), clock: Still(),
        settings: ClientSettings(attempts: 1))
      var said: [String] = []
      do throws(ServiceError) {
        switch mutation.number(below: 3) {
        case 0: said = texts(of: try await client.lastRuns(of: Self.operation, RunFilter(limit: 10)))
        case 1:
          said = texts(of: try await client.check(.init(id: Self.id, operation: Self.operation)).map { [$0] } ?? [])
        default:
          said = texts(of: try await client.runs(of: .tableToTable, account: "000099", environment: nil, RunFilter()))
        }
      } catch {
        said = [error.message]
        #expect(isVisible(error.message), "seed \(seed)")
      }
      #expect(!said.contains { $0.contains(Self.secret) }, "seed \(seed): \(said)")
    }
  }
}
