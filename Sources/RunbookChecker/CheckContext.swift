/// What the checker has to know besides the text.
public struct CheckContext: Sendable {
  /// From the command line or the profile; a file that disagrees is refused with both values named.
  public var account: String?
  public var environment: String?
  /// Environments that may be named: the well known four and the profile's own.
  public var environments: Set<String>
  /// The prompt's rules: a later `let` replaces an earlier one and says so, an unread outcome is no error, and an
  /// expression may stand alone.
  public var isInteractive: Bool
  /// What earlier entries at the prompt have defined; empty for a file.
  public var scope: CheckedScope
  /// Reads what `include` names.
  public var loader: any SourceLoader

  public static let wellKnownEnvironments: Set<String> = ["DEV", "STAGING", "PREPROD", "PROD"]

  public init(
    account: String? = nil, environment: String? = nil, environments: Set<String> = wellKnownEnvironments,
    isInteractive: Bool = false, scope: CheckedScope = .empty, loader: any SourceLoader = NoSourceLoader()
  ) {
    self.account = account
    self.environment = environment
    self.environments = environments
    self.isInteractive = isInteractive
    self.scope = scope
    self.loader = loader
  }
}

/// Finds and reads included sources; the only way to the file system for the rooms that do no input or output.
public protocol SourceLoader: Sendable {
  /// The canonical name of what `path` means when written in the source called `including`, so that a file included
  /// by two names is known for one.
  func resolve(_ path: String, from including: String) -> String
  /// The bytes of a resolved source.
  func load(_ name: String) throws(SourceLoadError) -> [UInt8]
}

/// Why a source could not be read, in words for the reader: `no such file`, `permission denied`, `is a directory`.
public struct SourceLoadError: Error, Hashable, Sendable {
  public let reason: String
  public init(_ reason: String) { self.reason = reason }
}

/// Where nothing can be included: every path is refused.
public struct NoSourceLoader: SourceLoader {
  public init() {}
  public func resolve(_ path: String, from including: String) -> String { path }
  public func load(_ name: String) throws(SourceLoadError) -> [UInt8] {
    throw SourceLoadError("nothing can be included here")
  }
}
