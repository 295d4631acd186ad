public import RunbookEvaluator

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Tells whether the process that holds a lease still lives.
public struct HolderLiveness: Sendable {
  public enum Verdict: Hashable, Sendable {
    case alive, dead
    /// The process is out of sight, on another host or in another container: its lease's last renewal decides.
    case unknown
  }

  private let judge: @Sendable (LeaseHolder) -> Verdict

  public init(_ judge: @escaping @Sendable (LeaseHolder) -> Verdict) { self.judge = judge }

  public func verdict(on holder: LeaseHolder) -> Verdict { judge(holder) }

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

  /// For people: `ada on pump-3, process 4711`.
  var words: String { "\(user) on \(host), process \(process)" }
}
