import CivilTime
import Foundation
import GRDB
import GoldenSupport
import RunbookRecord
import Testing

@testable import RunbookJournal

/// Spans were JSON up to version 3 of the file; `Goldens/Journals/version-3.sql` is SQLite's dump of one, with spans of every
/// kind, failures and a halt.
@Suite struct SpanColumnsTests {
  /// A span as version 3 had it.
  private struct OldSpan: Decodable {
    let number: RecordNumber
    let parent: RecordNumber?
    let path: String
    let generation: Int
    let kind: Span.Kind
    let title: String
    let beganAt: Timestamp
    let causes: [RecordNumber]
    let halt: Span.Halt?
    let ended: RecordNumber?
    let endedAt: Timestamp?
    let ending: Span.Ending?

    var span: Span {
      Span(
        number: number, parent: parent, path: path, generation: generation, kind: kind, title: title, beganAt: beganAt,
        causes: causes, halt: halt, ended: ended, endedAt: endedAt, ending: ending)
    }
  }

  private func withJournal(_ body: (Database) throws -> Void) throws {
    let dump = try String(contentsOf: Golden.directory("Journals").appending(path: "version-3.sql"), encoding: .utf8)
    try DatabaseQueue().writeWithoutTransaction { db in
      try db.execute(sql: dump)
      try body(db)
    }
  }

  private func executions(_ db: Database) throws -> [Int64] {
    try Int64.fetchAll(db, sql: "SELECT number FROM executions ORDER BY number")
  }

  @Test func everyOldSpanIsTheSameInColumns() throws {
    try withJournal { db in
      // A moment without a fraction is written without one.
      try db.execute(
        sql:
          #"UPDATE spans SET span = json_set(span, '$.endedAt', '2026-11-28T13:42:14Z') WHERE execution = 1 AND number = 1"#
      )
      var before: [Int64: [Span]] = [:]
      for row in try Row.fetchAll(db, sql: "SELECT execution, span FROM spans ORDER BY execution, number") {
        let json: String = row[1]
        before[row[0], default: []].append(try JSONDecoder().decode(OldSpan.self, from: Data(json.utf8)).span)
      }
      try Schema.current.migrate(db)
      let after = try executions(db).map { ($0, try SQLiteRows(db).spans(of: $0)) }
      #expect(Dictionary(uniqueKeysWithValues: after) == before)
      let spans = after.flatMap(\.1)
      #expect(Set(spans.map(\.kind)).isSuperset(of: Set(Span.Kind.allCases).subtracting([.call])))
      #expect(
        spans.contains { $0.halt != nil } && spans.contains { $0.ended == nil } && spans.contains { $0.causes != [] })
    }
  }

  /// What was damaged is of no kind, and keeps only its own execution from being read.
  @Test(arguments: ["{", "[]", "{}", "null", #"{"kind":"step"}"#, #"{"kind":"step","beganAt":"soon"}"#])
  func aDamagedSpanStaysDamaged(_ text: String) throws {
    try withJournal { db in
      try db.execute(sql: "UPDATE spans SET span = ? WHERE execution = 1 AND number = 2", arguments: [text])
      try Schema.current.migrate(db)
      #expect(throws: (any Error).self) { try SQLiteRows(db).spans(of: 1) }
      #expect(try SQLiteRows(db).spans(of: 2).count == 7)
    }
  }

  @Test func spansAreKeptAsTheyAre() throws {
    try withJournal { db in
      try Schema.current.migrate(db)
      let rows = SQLiteRows(db)
      for execution in try executions(db) {
        let spans = try rows.spans(of: execution)
        try db.execute(sql: "DELETE FROM spans WHERE execution = ?", arguments: [execution])
        for span in spans { try rows.put(span, of: execution) }
        #expect(try rows.spans(of: execution) == spans)
      }
    }
  }
}
