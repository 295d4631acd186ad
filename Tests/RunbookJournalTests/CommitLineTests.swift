import Foundation
import GRDB
import RecordSupport
import RunbookEvaluator
import RunbookRecord
import Testing

@testable import RunbookJournal

/// Writes that share a transaction: fewer syncs, and nothing else that anybody could tell.
@Suite struct CommitLineTests {
  private struct Refused: Error, Equatable { let name: String }

  /// A table, a line of writes into it, and what happened in which order.
  private final class Bench: @unchecked Sendable {
    let queue: DatabaseQueue
    let log = Log()
    private(set) var line: CommitLine!

    init(failing: String? = nil) throws {
      queue = try DatabaseQueue()
      try queue.write { try $0.execute(sql: "CREATE TABLE t (name TEXT)") }
      line = CommitLine { [log] durability, db, body in
        log.add("begin")
        do {
          try db.inTransaction(.immediate) {
            try body(db)
            if let failing { throw Refused(name: failing) }
            return .commit
          }
        } catch {
          log.add("roll back")
          throw error
        }
        log.add("commit \(durability)")
      }
    }

    /// Adds a write of a name; one that is refused throws behind its insertion.
    func add(_ name: String, _ durability: Durability = .durable, isRefused: Bool = false) -> Bool {
      line.add(
        CommitLine.Write(
          durability: durability,
          body: { [log] db in
            log.add(name)
            try db.execute(sql: "INSERT INTO t VALUES (?)", arguments: [name])
            if isRefused { throw Refused(name: name) }
          },
          end: { [log] error in
            log.add(error == nil ? "\(name) is written" : "\(name) failed: \((error as? Refused)?.name ?? "otherwise")")
          }))
    }

    func serve() { queue.writeWithoutTransaction { line.serve($0) } }
    func names() throws -> [String] { try queue.read { try String.fetchAll($0, sql: "SELECT name FROM t") } }
  }

  private final class Log: @unchecked Sendable {
    private let lock = NSLock()
    private var all: [String] = []
    func add(_ word: String) { lock.withLock { all.append(word) } }
    var words: [String] { lock.withLock { all } }
  }

  @Test func whatWaitsIsCommittedTogetherAndToldAfterwards() throws {
    let bench = try Bench()
    #expect(bench.add("a", .visible))
    #expect(!bench.add("b"))
    #expect(!bench.add("c", .visible))
    bench.serve()
    #expect(
      bench.log.words == ["begin", "a", "b", "c", "commit durable", "a is written", "b is written", "c is written"])
    #expect(bench.add("d", .visible))
    bench.serve()
    #expect(bench.log.words.suffix(4) == ["begin", "d", "commit visible", "d is written"])
    #expect(try bench.names() == ["a", "b", "c", "d"])
  }

  @Test func oneThatThrowsTakesNothingFromTheOthers() throws {
    let bench = try Bench()
    _ = bench.add("a")
    _ = bench.add("b", isRefused: true)
    _ = bench.add("c")
    bench.serve()
    #expect(try bench.names() == ["a", "c"])
    #expect(
      bench.log.words.filter { $0.contains(" is ") || $0.contains("failed") } == [
        "a is written", "b failed: b", "c is written",
      ])
  }

  @Test func aTransactionThatCannotBeCommittedFailsAllOnce() throws {
    let bench = try Bench(failing: "the disk")
    _ = bench.add("a")
    _ = bench.add("b")
    bench.serve()
    #expect(bench.log.words == ["begin", "a", "b", "roll back", "a failed: the disk", "b failed: the disk"])
    #expect(try bench.names().isEmpty)
  }

  @Test func aLongLineIsCommittedInParts() throws {
    let bench = try Bench()
    for index in 0..<600 { _ = bench.add("\(index)") }
    bench.serve()
    #expect(bench.log.words.count { $0 == "begin" } == 3)
    #expect(try bench.names() == (0..<600).map(String.init))
    #expect(bench.add("again"))
  }

  /// While one effect's record is on its way to the disk, those of all others wait for it together.
  @Test(.timeLimit(.minutes(2))) func effectsAtOnceShareTheirSyncs() async throws {
    try await withDirectory { directory in
      let store = try RecordStore.test(in: directory)
      let journal = try await store.begin(.test("x"))
      let before = try store.file.durableWrites
      let gate = DispatchSemaphore(value: 0)
      let isHeld = DispatchSemaphore(value: 0)
      let holding = Thread {
        try? store.file.write(.visible) { _ in
          _ = isHeld.signal()
          gate.wait()
        }
      }
      holding.start()
      await withCheckedContinuation { continuation in
        Thread {
          isHeld.wait()
          continuation.resume()
        }.start()
      }
      try await withThrowingTaskGroup(of: Void.self) { group in
        for index in 0..<50 {
          group.addTask { try await journal.intend(.reset(.export), at: .test("\(index)#0")) }
        }
        let file = try store.file
        while file.waiting < 50 { await Task.yield() }
        gate.signal()
        try await group.waitForAll()
      }
      #expect(try store.file.durableWrites == before + 1)
      let entries = try await store.entries(of: "x")
      #expect(Set(entries.map(\.key.path)) == Set((0..<50).map { "\($0)#0" }))
    }
  }
}
