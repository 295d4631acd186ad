import Foundation
public import Glibc

/// The real program as a process in a session of its own: it has no terminal but the one it is given, whatever terminal
/// the tests themselves run on.
public final class ChildProcess {
  public let processIdentifier: pid_t
  private var ending: Int32?

  /// Where one of the three standard streams leads.
  public enum Stream {
    case reading(String)
    /// The file is created, or emptied.
    case writing(String)
    case both(String)
    /// A file that is already open here.
    case descriptor(Int32)
  }

  public struct Failure: Error, CustomStringConvertible {
    public let description: String
  }

  /// The program under test: the one that RUNBOOK_PROGRAM names, else the one that was built with the tests.
  public static var program: String {
    if let path = ProcessInfo.processInfo.environment["RUNBOOK_PROGRAM"] { return URL(filePath: path).path }
    return buildFolder + "/runbook"
  }

  /// Where the test bundle stands, with all that is built together with it.
  public static var buildFolder: String {
    let bundle = Bundle.allBundles.map(\.bundleURL).first { $0.pathExtension == "xctest" }
    return (bundle ?? URL(filePath: CommandLine.arguments[0])).deletingLastPathComponent().path
  }

  /// - Throws: `Failure` where it does not start.
  public init(
    _ arguments: [String], streams: [Stream], environment: [String: String], directory: String,
    program: String = ChildProcess.program
  ) throws {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (number, stream) in zip(Int32(0)..., streams) {
      switch stream {
      case .reading(let path): posix_spawn_file_actions_addopen(&actions, number, path, O_RDONLY, 0)
      case .writing(let path):
        posix_spawn_file_actions_addopen(&actions, number, path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
      // The first terminal that the leader of a session opens becomes its own.
      case .both(let path): posix_spawn_file_actions_addopen(&actions, number, path, O_RDWR, 0)
      case .descriptor(let descriptor): posix_spawn_file_actions_adddup2(&actions, descriptor, number)
      }
    }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // Signals that the tests' own parent ignores or blocks are as usual again.
    var (all, none) = (sigset_t(), sigset_t())
    sigfillset(&all)
    sigemptyset(&none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setsigmask(&attributes, &none)
    let newSession: Int16 = 0x80
    posix_spawnattr_setflags(&attributes, newSession | Int16(POSIX_SPAWN_SETSIGDEF) | Int16(POSIX_SPAWN_SETSIGMASK))
    var words = (["env", "-C", directory, program] + arguments).map { strdup($0) } + [nil]
    var variables = environment.map { strdup("\($0)=\($1)") } + [nil]
    defer { for word in words + variables { free(word) } }
    var child = pid_t()
    let code = posix_spawn(&child, "/usr/bin/env", &actions, &attributes, &words, &variables)
    guard code == 0 else { throw Failure(description: "\(program) does not start: \(String(cString: strerror(code)))") }
    processIdentifier = child
  }

  /// Nothing outlives the tests.
  deinit {
    if isRunning {
      kill(processIdentifier, SIGKILL)
      waitUntilExit()
    }
  }

  public var isRunning: Bool {
    guard ending == nil else { return false }
    var raw: Int32 = 0
    if waitpid(processIdentifier, &raw, WNOHANG) == processIdentifier { ending = raw }
    return ending == nil
  }

  public func waitUntilExit() {
    var raw: Int32 = 0
    while ending == nil {
      if waitpid(processIdentifier, &raw, 0) == processIdentifier || errno != EINTR { ending = raw }
    }
  }

  /// Whether a signal ended it.
  public var wasKilled: Bool { (ending ?? 0) & 0x7F != 0 }

  /// The exit status once it has ended; as a shell says it, 128 and the signal's number, where a signal ended it.
  public var terminationStatus: Int32 {
    let raw = ending ?? 0
    return wasKilled ? 128 + (raw & 0x7F) : (raw >> 8) & 0xFF
  }
}
