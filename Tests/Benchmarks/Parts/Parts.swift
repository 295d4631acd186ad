import Foundation

/// Measures what cannot be measured from outside, within one process, and prints it as JSON: `BenchmarkParts RUNBOOK
/// FOLDER ROUNDS`. `Tests/Benchmarks/run` builds and calls it.
@main
struct Parts {
  static func main() async throws {
    let arguments = CommandLine.arguments
    guard arguments.count == 4, let rounds = Int(arguments[3]), rounds > 0 else {
      FileHandle.standardError.write(Data("usage: BenchmarkParts RUNBOOK FOLDER ROUNDS\n".utf8))
      exit(64)
    }
    let figures =
      try TextParts(path: arguments[1], rounds: rounds).figures()
      + [try await JournalParts(directory: arguments[2], rounds: rounds).oneByOne()]
      + [try await JournalParts(directory: arguments[2], rounds: rounds).together()]
    print(String(decoding: try JSONEncoder().encode(figures), as: UTF8.self))
  }
}

/// A row of the table: what was measured, ours first.
struct Figure: Encodable {
  struct Series: Encodable {
    let name: String
    /// One a round.
    var seconds: [Double] = []
  }

  let name: String
  /// Bytes that were gone through, for a rate.
  var size: Int?
  var series: [Series]
}

func seconds(_ body: () async throws -> Void) async rethrows -> Double {
  let clock = ContinuousClock()
  let before = clock.now
  try await body()
  return (clock.now - before) / .seconds(1)
}
