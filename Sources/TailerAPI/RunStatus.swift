/// How a run stands. A status that the service returns and this list lacks is kept as it is.
public enum RunStatus: Hashable, Sendable {
  case success, failed, running, noMatch, checked, waiting, deactivated
  case other(String)

  public static let known: [RunStatus] = [.success, .failed, .running, .noMatch, .checked, .waiting, .deactivated]
  /// The five that `set_run_status` accepts.
  public static let settable: [RunStatus] = [.success, .failed, .running, .noMatch, .checked]

  public init(_ name: String) {
    self = Self.known.first { $0.name == name } ?? .other(name)
  }

  /// As the service and the language write it.
  public var name: String {
    switch self {
    case .success: "SUCCESS"
    case .failed: "FAILED"
    case .running: "RUNNING"
    case .noMatch: "NO_MATCH"
    case .checked: "CHECKED"
    case .waiting: "WAITING"
    case .deactivated: "DEACTIVATED"
    case .other(let name): name
    }
  }

  /// Whether a run that stands so has ended. An unknown status is taken to be still going.
  public var isTerminal: Bool {
    switch self {
    case .success, .failed, .noMatch, .checked, .deactivated: true
    case .running, .waiting, .other: false
    }
  }

  /// The order in which the worst status of a list is found, the worst lowest: FAILED, DEACTIVATED, NO_MATCH,
  /// unknown, CHECKED, SUCCESS; what still goes counts as unknown.
  public var severityRank: Int {
    switch self {
    case .failed: 0
    case .deactivated: 1
    case .noMatch: 2
    case .other, .running, .waiting: 3
    case .checked: 4
    case .success: 5
    }
  }
}

extension RunStatus: Codable {
  public init(from decoder: any Decoder) throws { self.init(try decoder.singleValueContainer().decode(String.self)) }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(name)
  }
}
