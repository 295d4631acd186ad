import CivilTime
import TailerAPI

/// A run as a reply describes it. Only its id has to be there; a field of another shape than the known ones counts as
/// absent, and unknown fields are passed over.
struct RunRecord: Decodable {
  let id: String
  let jobID: String?
  let account: String?
  let environment: String?
  let configurationID: String?
  /// As the service spells it.
  let typeName: String?
  let status: RunStatus?
  let started: Timestamp?
  let duration: TimeSpan?
  let updated: Timestamp?

  enum CodingKeys: String, CodingKey {
    case id = "run_id"
    case jobID = "job_id"
    case account
    case environment
    case configurationID = "configuration_id"
    case typeName = "configuration_type"
    case status
    case started = "start_execution_date"
    case duration
    case updated = "last_update_date"
  }

  init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: CodingKeys.self)
    id = try RunID.checked(try members.decode(String.self, forKey: .id))
    jobID = members.text(.jobID)
    account = members.text(.account)
    environment = members.text(.environment)
    configurationID = members.text(.configurationID)
    typeName = members.text(.typeName)
    status = members.text(.status).map { RunStatus($0) }
    started = members.moment(.started)
    updated = members.moment(.updated)
    let length = members.text(.duration).flatMap { TimeSpan(pythonTimedelta: $0) ?? TimeSpan($0) }
    let seconds = try? members.decodeIfPresent(Double.self, forKey: .duration)
    duration = (length ?? seconds.map { TimeSpan.seconds($0) }).flatMap { $0 < .zero ? nil : $0 }
  }

  var type: ConfigurationType? { typeName.flatMap { ConfigurationType(serviceName: $0) } }

  /// Whether nothing that the record says of itself speaks against its being a run of that operation.
  func isPlausible(for operation: DataOperation) -> Bool {
    (configurationID ?? operation.id) == operation.id && (account ?? operation.account) == operation.account
      && (environment ?? operation.environment) == operation.environment
      && (typeName == nil || type == operation.type)
      && (operation.job == nil || jobID == nil || jobID == operation.job)
  }

  func run(of operation: DataOperation) -> Run {
    Run(
      id: id, operation: operation, jobID: jobID ?? operation.jobID, status: status, started: started,
      duration: duration, updated: updated)
  }
}

/// The id of a run, as far as a reply is believed about it.
enum RunID {
  struct Unusable: Error {}

  /// Refuses an id that could not be shown as it is or is longer than any layout.
  static func checked(_ id: String) throws(Unusable) -> String {
    guard !id.isEmpty, id.utf8.count <= 512, id.printable == id else { throw Unusable() }
    return id
  }
}

extension KeyedDecodingContainer where Key == RunRecord.CodingKeys {
  /// The field's text, where it is one that says something and can be shown.
  fileprivate func text(_ key: Key) -> String? {
    guard let text = (try? decodeIfPresent(String.self, forKey: key))?.printable, !text.isEmpty,
      text.utf8.count <= 4096
    else { return nil }
    return text
  }

  fileprivate func moment(_ key: Key) -> Timestamp? { text(key).flatMap { Timestamp($0, assumingUTC: true) } }
}
