import Foundation

/// Measures what cannot be measured from outside, within one process, and prints it as JSON: `BenchmarkParts FOLDER
/// ROUNDS`. `Tests/Benchmarks/run` builds and calls it.
@main
struct Parts {
  static func main() async throws {
    let arguments = CommandLine.arguments
    guard arguments.count == 3, let rounds = Int(arguments[2]), rounds > 0 else {
      FileHandle.standardError.write(Data("usage: BenchmarkParts FOLDER ROUNDS\n".utf8))
      exit(64)
    }
    let journal = JournalParts(directory: arguments[1], rounds: rounds)
    let figures = [try await journal.oneByOne(), try await journal.together()]
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
  var series: [Series]
}

func seconds(_ body: () async throws -> Void) async rethrows -> Double {
  let clock = ContinuousClock()
  let before = clock.now
  try await body()
  return (clock.now - before) / .seconds(1)
}
