/// The full identity of what the platform calls a configuration. Two names for one identity are equal.
public struct DataOperation: Hashable, Codable, Sendable {
  /// Six digits.
  public let account: String
  /// `DEV`, `STAGING`, `PREPROD`, `PROD`, or one of the profile's own.
  public let environment: String
  public let type: ConfigurationType
  /// The id as the service knows it, the table-to-table suffix included.
  public let id: String
  /// The id as the runbook wrote it; not part of the identity.
  public let name: String
  /// Which job of the operation is meant, where it was named by its job id; `nil` where it is the operation's only one.
  public let job: String?

  public init(
    account: String, environment: String, type: ConfigurationType, id: String, name: String? = nil, job: String? = nil
  ) {
    self.account = account
    self.environment = environment
    self.type = type
    self.id = id
    self.name = name ?? id
    self.job = job
  }

  /// An operation written by name: a table-to-table id gets the environment's suffix, once, unless it is verbatim.
  public static func named(
    _ name: String, type: ConfigurationType, environment: String, account: String, verbatim: Bool = false
  ) -> DataOperation {
    let suffix = "_" + environment
    let suffixed = type == .tableToTable && !verbatim && !name.hasSuffix(suffix)
    return DataOperation(
      account: account, environment: environment, type: type, id: suffixed ? name + suffix : name, name: name)
  }

  /// The job id under which the service files the operation's runs: the one it was named by, or the one its type
  /// implies; `nil` for types where one operation has many jobs, and for workflows, which have none.
  public var jobID: String? {
    if let job { return job }
    return switch type {
    case .tableToTable: "gbq-to-gbq|\(id)"
    case .tableToStorage: "table-to-storage|table-to-storage|\(id)"
    case .vmLauncher: "vm-launcher|\(account)|\(id)|\(environment)"
    case .storageToStorage, .storageToTables, .apiToStorage, .xmlConversion, .workflow: nil
    }
  }

  /// The parts of a job id as alerts give it, or `nil` for a layout that is not known. What the job id itself does
  /// not say (account and environment of the table types) comes from the defaults given.
  public init?(jobID: String, defaultAccount: String?, defaultEnvironment: String?) {
    let parts = jobID.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
    guard let first = parts.first, let type = ConfigurationType(serviceName: first), parts.allSatisfy({ !$0.isEmpty })
    else { return nil }
    switch (type, parts.count) {
    case (.tableToTable, 2), (.tableToStorage, 3):
      guard let defaultAccount, let id = parts.last else { return nil }
      let named = type == .tableToTable ? parts[1].split(separator: "_").last.map(String.init) : nil
      guard let environment = defaultEnvironment ?? named else { return nil }
      self.init(account: defaultAccount, environment: environment, type: type, id: id, job: jobID)
    case (.storageToStorage, 5...), (.storageToTables, 5...), (.vmLauncher, 4):
      self.init(account: parts[1], environment: parts[3], type: type, id: parts[2], job: jobID)
    default:
      return nil
    }
  }

  /// The environment that the written id of a table-to-table carries as its suffix, where it is not the operation's own.
  public func carriedEnvironment(among known: Set<String>) -> String? {
    guard type == .tableToTable, let last = name.split(separator: "_").last.map(String.init), last != environment,
      known.contains(last)
    else { return nil }
    return last
  }

  /// Whether the environment of that name may be meant as well: the id has it as a word, and no suffix that says otherwise.
  public func mayBelong(to other: String) -> Bool {
    guard other != environment, !(type == .tableToTable && id.hasSuffix("_" + environment)) else { return false }
    return id.split { !$0.isLetter && !$0.isNumber }.contains { $0.lowercased() == other.lowercased() }
  }

  /// How an operation is written whose id carries an environment, and the same for one that only looks like it.
  public func rewritten(for carried: String) -> String {
    guard job == nil else { return "`job \"\(job ?? "")\" in \(carried)`" }
    let bare = name.dropLast(carried.utf8.count + 1)
    let elsewhere = "`\(type.rawValue) \"\(bare)\" in \(carried)`"
    return id == name ? elsewhere : "\(elsewhere), or `\(type.rawValue) \"\(id)\"` where \(environment)'s is meant"
  }

  /// The identity, which the written name is no part of: an operation named by its job id is the one named by its id
  /// wherever its type has a single job.
  private var key: [String] { [account, environment, type.rawValue, id, jobID ?? ""] }
  public static func == (a: DataOperation, b: DataOperation) -> Bool { a.key == b.key }
  public func hash(into hasher: inout Hasher) { hasher.combine(key) }
}

extension DataOperation: CustomStringConvertible {
  /// `table-to-table "id" in DEV of "000099"`, as a runbook would write it.
  public var description: String { "\(type.rawValue) \"\(name)\" in \(environment) of \"\(account)\"" }
}
