/// One thing that can be set, by the name it has in the configuration file.
public enum SettingKey: String, CaseIterable, Sendable {
  case url
  case token
  case tokenCommand = "token-command"
  case trust
  case account
  case environment
  case environments
  case protected
  case timeout
  case requestTimeout = "request-timeout"
  case visibilityDelay = "visibility-delay"
  case clockTolerance = "clock-tolerance"
  case cap
  case requestsPerSecond = "requests-per-second"
  case state = "state-directory"

  /// Where the process's environment says it.
  public var environmentVariable: String? {
    switch self {
    case .url: "TAILER_API_URL"
    case .token: "TAILER_API_JWT"
    case .state: "RUNBOOK_STATE_DIRECTORY"
    default: nil
    }
  }

  /// One line for `--explain-settings` and the reference.
  public var summary: String {
    switch self {
    case .url: "the service's base address"
    case .token: "the bearer token, from the environment only"
    case .tokenCommand: "the command that prints a token"
    case .trust: "a PEM file with certificates to trust besides the system's"
    case .account: "the account that operations belong to where a runbook does not say it"
    case .environment: "the environment of operations where a runbook does not say it"
    case .environments: "environments that exist besides DEV, STAGING, PREPROD and PROD"
    case .protected: "environments where every changing verb asks first"
    case .timeout: "the deadline of a wait that has none written"
    case .requestTimeout: "the deadline of one request"
    case .visibilityDelay: "how long a new run may take to be listed"
    case .clockTolerance: "how far this machine's clock and the service's may be apart"
    case .cap: "how many things of a list or a parallel go on at once"
    case .requestsPerSecond: "the cap on requests a second, of all that a process does"
    case .state: "where the journal and the history are kept"
    }
  }

  var isList: Bool { self == .tokenCommand || self == .environments || self == .protected }
  /// The configuration file may not hold it.
  var isSecret: Bool { self == .token }

  var initial: [String]? {
    switch self {
    case .tokenCommand: ["tailer", "auth", "get-token"]
    case .protected: ["PROD"]
    case .timeout: ["24h"]
    case .requestTimeout: ["30s"]
    case .visibilityDelay: ["3m"]
    case .clockTolerance: ["5s"]
    case .cap: ["16"]
    case .requestsPerSecond: ["500"]
    default: nil
    }
  }
}
