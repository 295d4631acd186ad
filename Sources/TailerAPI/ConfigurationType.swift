/// The kinds of data operation that the service knows, by the names it answers to.
public enum ConfigurationType: String, CaseIterable, Hashable, Codable, Sendable {
  case tableToTable = "table-to-table"
  case tableToStorage = "table-to-storage"
  case storageToStorage = "storage-to-storage"
  case storageToTables = "storage-to-tables"
  case apiToStorage = "api-to-storage"
  case vmLauncher = "vm-launcher"
  case xmlConversion = "xml-conversion"
  case workflow

  /// Reads a type's name as the service writes it, which for table-to-table is sometimes `gbq-to-gbq`.
  public init?(serviceName: String) {
    if serviceName == "gbq-to-gbq" { self = .tableToTable } else { self.init(rawValue: serviceName) }
  }

  /// Only these two can be launched through the API.
  public var canBeLaunched: Bool { self == .tableToTable || self == .tableToStorage }
  public var hasRuns: Bool { self != .workflow }
}
