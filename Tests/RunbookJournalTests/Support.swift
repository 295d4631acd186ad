import CivilTime
import Foundation
import RecordSupport
import RunbookEvaluator
import RunbookRecord
import TailerAPI
import Testing

@testable import RunbookJournal

/// A clock that stands still until it is told to go on.
final class ManualClock: WallClock, @unchecked Sendable {
  private let lock = NSLock()
  private var moment: Timestamp
  private var sleepers: [Int: (due: Timestamp, continuation: CheckedContinuation<Bool, Never>)] = [:]
  private var watchers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
  private var last = 0

  init(at moment: Timestamp = .start) { self.moment = moment }

  var now: Timestamp { lock.withLock { moment } }

  func advance(by span: TimeSpan) {
    let due = lock.withLock {
      moment = moment.advanced(by: span)
      let due = sleepers.filter { $0.value.due <= moment }
      for number in due.keys { sleepers[number] = nil }
      return due
    }
    for (_, sleeper) in due.sorted(by: { $0.key < $1.key }) { sleeper.continuation.resume(returning: true) }
  }

  func sleep(for span: TimeSpan) async throws(CancellationError) {
    let number = lock.withLock {
      last += 1
      return last
    }
    let isOver = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let (isCancelled, satisfied) = lock.withLock {
          if Task.isCancelled { return (true, [CheckedContinuation<Void, Never>]()) }
          sleepers[number] = (moment.advanced(by: span), continuation)
          let satisfied = watchers.filter { $0.count <= sleepers.count }.map(\.continuation)
          watchers.removeAll { $0.count <= sleepers.count }
          return (false, satisfied)
        }
        if isCancelled { continuation.resume(returning: false) }
        for watcher in satisfied { watcher.resume() }
      }
    } onCancel: {
      lock.withLock { sleepers.removeValue(forKey: number) }?.continuation.resume(returning: false)
    }
    if !isOver { throw CancellationError() }
  }

  /// Returns once at least so many sleep.
  func untilSleeping(_ count: Int) async {
    await withCheckedContinuation { continuation in
      let isSo = lock.withLock {
        if sleepers.count >= count { return true }
        watchers.append((count, continuation))
        return false
      }
      if isSo { continuation.resume() }
    }
  }
}

/// The system's clock, for processes of their own.
struct SystemClock: WallClock {
  var now: Timestamp {
    Timestamp(microsecondsSinceEpoch: Int64(Date().timeIntervalSince1970 * 1_000_000)) ?? .earliest
  }

  func sleep(for span: TimeSpan) async throws(CancellationError) {
    do { try await Task.sleep(for: .microseconds(span.microseconds)) } catch { throw CancellationError() }
  }
}

extension Timestamp {
  static let start = Timestamp("2026-11-23T03:00:00Z") ?? .earliest
}

extension LeaseHolder {
  static func test(_ process: Int32, host: String = "pump-3") -> LeaseHolder {
    LeaseHolder(user: "ada", host: host, process: process, processStart: "boot pid:[1] \(process)")
  }
}

extension ExecutionHeader {
  static func test(
    _ id: String, holder: LeaseHolder = .test(1), startedAt: Timestamp = .start, text: String = "print 1"
  ) -> ExecutionHeader {
    ExecutionHeader(
      id: id, startedAt: startedAt, today: startedAt.date, holder: holder, name: "fix.runbook", directory: "/srv",
      sources: [.init(name: "fix.runbook", text: text)], parameters: ["day": "2026-11-22"], account: "000099",
      environment: "DEV", service: "simulator")
  }
}

extension DataOperation {
  static let prepare = DataOperation.named(
    "000099_prepare_pda", type: .tableToTable, environment: "DEV", account: "000099")
  static let export = DataOperation.named("000099_export", type: .tableToStorage, environment: "DEV", account: "000099")
}

extension Run {
  static func test(_ id: String, of operation: DataOperation = .prepare) -> Run { Run(id: id, operation: operation) }
}

extension EffectKey {
  static func test(_ path: String) -> EffectKey { EffectKey(path: path, textHash: TextHash(of: path)) }
}

extension EffectIntent {
  static func launching(_ operation: DataOperation = .prepare, baseline: [String] = []) -> EffectIntent {
    .launch(operation, on: nil, baseline: baseline, at: .start)
  }
}

extension ExecutionEnd {
  static func test(
    _ summary: String = "done", status: Int32 = 0, isResumable: Bool = false, origins: [EffectKey] = [],
    at moment: Timestamp = .start
  ) -> ExecutionEnd {
    ExecutionEnd(at: moment, exitStatus: status, summary: summary, isResumable: isResumable, origins: origins)
  }
}

/// A directory of the test's own, gone when the test is.
func withDirectory<T>(_ body: (String) async throws -> T) async throws -> T {
  let path = NSTemporaryDirectory() + "journal-\(UUID().uuidString)"
  try FileManager.default.createDirectory(
    atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
  defer { try? FileManager.default.removeItem(atPath: path) }
  return try await body(path)
}

extension JournalStore {
  func resume(
    _ id: String?, by holder: LeaseHolder
  ) async throws(JournalStoreError) -> (ExecutionHeader, any HeldJournal) {
    try await resume(id, by: holder, launchingAgain: .none)
  }
}

extension RecordStore {
  /// As one process sees the journal: `dead` are the process numbers that live no longer.
  static func test(
    in directory: String, clock: any WallClock = ManualClock(), dead: Set<Int32> = [], timing: JournalTiming = .init()
  ) throws -> RecordStore {
    try RecordStore(in: directory, clock: clock, liveness: .test(dead: dead), timing: timing)
  }

  /// The file of a store that has one.
  var file: JournalFile {
    get throws { try #require(surroundings.store as? SQLiteRowStore).file }
  }
}

extension RecordStore {
  /// An execution in which a `finally` has begun after an interruption, as the version of the program recorded it that could
  /// not finish it.
  func beginFinally(_ header: ExecutionHeader) async throws {
    _ = try await begin(header)
    try await surroundings.store.commit(.durable) { rows in
      guard var state = try rows.execution(id: header.id) else { return }
      state.overAt = header.startedAt
      try rows.put(state)
    }
  }
}

extension HolderLiveness {
  static func test(dead: Set<Int32>) -> HolderLiveness {
    HolderLiveness { holder in holder.host != "pump-3" ? .unknown : dead.contains(holder.process) ? .dead : .alive }
  }
}

extension HeldJournal {
  /// An intent; a launch has its operation's turn for as long as it is written.
  func intend(_ intent: EffectIntent, at key: EffectKey) async throws(JournalError) {
    guard case .launch(let operation, _, _, let sentAt) = intent else {
      return try await intend(intent, at: key, settlesAt: nil)
    }
    try await lockLaunches(of: operation, for: key)
    let intended = await Result { () async throws(JournalError) in
      try await intend(intent, at: key, settlesAt: sentAt.advanced(by: .minutes(4)))
    }
    await unlockLaunches(of: operation, for: key)
    try intended.get()
  }

  /// A claim of the launch at a place, which begins there where it has not; by a person, whose word counts though other
  /// launches of the operation are open.
  func claim(_ run: Run, for key: EffectKey) async throws(JournalError) -> Bool {
    if try await record(of: key) == nil { try await intend(.launching(run.operation), at: key) }
    guard let effect = try await record(of: key) else { return false }
    return try await claim(run, for: effect.number, by: Adopter(user: "ada", at: .start))
  }
}

extension Result where Success: Sendable {
  init(of body: () async throws(Failure) -> Success) async {
    do throws(Failure) { self = .success(try await body()) } catch { self = .failure(error) }
  }
}

/// A file system of its own for what needs a full or a read-only disk. Only root can have one.
struct SmallDisk {
  let path: String

  static let isAvailable: Bool = {
    guard geteuid() == 0, let disk = try? SmallDisk(size: "64k") else { return false }
    disk.remove()
    return true
  }()

  init(size: String) throws {
    path = NSTemporaryDirectory() + "disk-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    do {
      try Self.run("mount", "-t", "tmpfs", "-o", "size=\(size),mode=0700", "tmpfs", path)
    } catch {
      try? FileManager.default.removeItem(atPath: path)
      throw error
    }
  }

  func remount(_ options: String) throws { try Self.run("mount", "-o", "remount,\(options)", path) }

  func remove() {
    try? Self.run("umount", "-l", path)
    try? FileManager.default.removeItem(atPath: path)
  }

  private struct Refused: Error { let status: Int32 }

  private static func run(_ arguments: String...) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = arguments
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Refused(status: process.terminationStatus) }
  }
}

extension Array {
  func asyncMap<T>(_ body: (Element) async throws -> T) async rethrows -> [T] {
    var result: [T] = []
    for element in self { result.append(try await body(element)) }
    return result
  }
}
