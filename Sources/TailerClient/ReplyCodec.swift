import CivilTime
import FoundationEssentials
import TailerAPI

/// A reply with a good code and a body that does not say what it should.
struct UnreadableReply: Error, Hashable {
  let reason: String
}

/// Reads the bodies of good replies.
enum ReplyCodec {
  private struct Launched: Decodable {
    let runID: String

    enum CodingKeys: String, CodingKey {
      case runID = "run_id"
    }
  }

  private struct Listing: Decodable {
    let results: [RunRecord]
  }

  private struct Acknowledgement: Decodable {
    let code: Int?
  }

  static func runID(_ reply: HTTPReply) throws(UnreadableReply) -> String {
    let launched: Launched = try decode(reply, expecting: "a run_id")
    do {
      return try RunID.checked(launched.runID)
    } catch {
      throw UnreadableReply(reason: "the reply's run_id is empty or not printable")
    }
  }

  /// The run of that id, if the reply lists it.
  static func run(_ reply: HTTPReply, _ reference: Run.Reference) throws(UnreadableReply) -> Run? {
    guard let record = try records(reply).first(where: { $0.id == reference.id }) else { return nil }
    let run = record.run(of: reference.operation)
    guard run.jobID == nil, let jobID = reference.jobID else { return run }
    return Run(
      id: run.id, operation: run.operation, jobID: jobID, status: run.status, started: run.started,
      duration: run.duration, updated: run.updated)
  }

  /// The runs of the operation that pass the filter, newest first, whatever else the service listed.
  static func runs(
    _ reply: HTTPReply, of operation: DataOperation, _ filter: RunFilter
  ) throws(UnreadableReply) -> [Run] {
    filter.applied(to: try records(reply).filter { $0.isPlausible(for: operation) }.map { $0.run(of: operation) })
  }

  /// The same across operations. A record has to say whose run it is.
  static func runs(
    _ reply: HTTPReply, of type: ConfigurationType, account: String, environment: String?, _ filter: RunFilter
  ) throws(UnreadableReply) -> [Run] {
    var runs: [Run] = []
    for record in try records(reply) {
      let named = record.jobID.flatMap {
        DataOperation(jobID: $0, defaultAccount: account, defaultEnvironment: record.environment ?? environment)
      }
      guard let id = record.configurationID ?? named?.id,
        let place = record.environment ?? named?.environment ?? environment
      else { throw UnreadableReply(reason: "the run \(record.id) does not say which operation it is of") }
      let operation = DataOperation(
        account: record.account ?? account, environment: place, type: type, id: id)
      guard operation.account == account, environment == nil || operation.environment == environment,
        record.typeName == nil || record.type == type
      else { continue }
      runs.append(record.run(of: operation))
    }
    return filter.applied(to: runs)
  }

  /// Any good reply will do, except one whose body says that it is not.
  static func acknowledgement(_ reply: HTTPReply) throws(UnreadableReply) {
    let body = try? JSONDecoder().decode(Acknowledgement.self, from: Data(reply.body))
    if let code = body?.code, !(200..<300).contains(code) {
      throw UnreadableReply(reason: "the reply's body says code \(code): \(ErrorText.message(of: reply))")
    }
  }

  private static func records(_ reply: HTTPReply) throws(UnreadableReply) -> [RunRecord] {
    let listing: Listing = try decode(reply, expecting: "a list of results that each have a run_id")
    return listing.results
  }

  private static func decode<Body: Decodable>(
    _ reply: HTTPReply, expecting wanted: String
  ) throws(UnreadableReply) -> Body {
    do {
      return try JSONDecoder().decode(Body.self, from: Data(reply.body))
    } catch {
      let excerpt = ErrorText.excerpt(of: reply.body)
      throw UnreadableReply(
        reason: excerpt.isEmpty ? "the reply is empty, not \(wanted)" : "the reply is not \(wanted): \(excerpt)")
    }
  }
}

extension RunFilter {
  /// What passes, newest first by the moment of the start or of the id; a run that tells neither is taken to be new.
  func applied(to runs: [Run]) -> [Run] {
    var kept: [(run: Run, moment: Timestamp)] = []
    for run in runs {
      let moment = run.started ?? Run.moment(ofID: run.id)
      if let status, run.status != status { continue }
      if let started, let moment, moment.date != started { continue }
      kept.append((run, moment ?? .latest))
    }
    let ordered = kept.enumerated().sorted {
      ($1.element.moment, $0.offset) < ($0.element.moment, $1.offset)
    }
    return ordered.prefix(max(0, limit ?? .max)).map(\.element.run)
  }
}
