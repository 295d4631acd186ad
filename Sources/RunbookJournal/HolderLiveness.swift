public import RunbookRecord

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Tells whether the process that holds a lease still lives.
public struct HolderLiveness: Sendable {
  public let verdict: @Sendable (LeaseHolder) -> HolderVerdict

  public init(_ verdict: @escaping @Sendable (LeaseHolder) -> HolderVerdict) { self.verdict = verdict }

  /// For a journal that lives no longer than its one process.
  public static let everybody = HolderLiveness { _ in .alive }

  /// What this system knows of its processes.
  public static let system = HolderLiveness { holder in
    guard holder.host == SystemProcess.host else { return .unknown }
    return SystemProcess.verdict(on: holder.process, started: holder.processStart)
  }
}

extension LeaseHolder {
  /// This process.
  public static func current() -> LeaseHolder {
    let process = getpid()
    return LeaseHolder(
      user: SystemProcess.user, host: SystemProcess.host, process: process,
      processStart: SystemProcess.start(of: process) ?? "")
  }
}
