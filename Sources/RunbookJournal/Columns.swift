import CivilTime
import FoundationEssentials
import GRDB
import TailerAPI

/// How values stand in columns. Reading never trusts the file: what is not as expected is thrown.
enum Columns {
  static func json(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  static func value<T: Decodable>(_ type: T.Type, from json: String) throws -> T {
    try JSONDecoder().decode(type, from: Data(json.utf8))
  }
}

extension String {
  /// A text as a column keeps it. SQLite's texts end at a NUL; two that differ only behind one must not become the same.
  var column: String { utf8.contains(0) ? replacing("\0", with: "\u{2400}") : self }
}

extension Row {
  func moment(_ column: String) throws -> Timestamp {
    guard let moment = Timestamp(microsecondsSinceEpoch: try decode(Int64.self, forColumn: column)) else {
      throw UnreadableRecord()
    }
    return moment
  }

  func optionalMoment(_ column: String) throws -> Timestamp? {
    try decode(Int64?.self, forColumn: column) == nil ? nil : moment(column)
  }

  func json<T: Decodable>(_ type: T.Type, _ column: String) throws -> T {
    try Columns.value(type, from: try decode(String.self, forColumn: column))
  }

  func optionalJSON<T: Decodable>(_ type: T.Type, _ column: String) throws -> T? {
    try decode(String?.self, forColumn: column).map { try Columns.value(type, from: $0) }
  }
}
