import RunbookDiagnostics
import Testing

@testable import RunbookSyntax

/// That names are numbered by their spelling and by nothing else.
struct SymbolTests {
  private func symbols(_ names: [String]) -> [Int32] {
    let bytes = Array(names.joined(separator: " ").utf8)
    return bytes.withUnsafeBufferPointer { bytes in
      var table = SymbolTable()
      var start = 0
      let symbols = names.map { name in
        let range = start..<(start + name.utf8.count)
        start = range.upperBound + 1
        return table.symbol(bytes, range, hash: name.utf8.reduce(0, SymbolTable.mixed))
      }
      let spellings = table.names(bytes)
      #expect(symbols.map { spellings[Int($0)] } == names)
      return symbols
    }
  }

  @Test func aSpellingHasOneNumber() {
    let numbers = symbols(["x", "iowa-load", "x", "X", "iowa-loads", "iowa-load"])
    #expect(numbers.map { Int($0) - Word.allCases.count } == [0, 1, 0, 2, 3, 1])
  }

  @Test(arguments: Word.allCases)
  func aWordIsFound(_ word: Word) {
    let symbol = symbols([word.rawValue])[0]
    #expect(SymbolTable().word(symbol) == word)
    #expect(SymbolTable().word(symbols(["\(word.rawValue)x"])[0]) == nil)
  }

  @Test func manyNamesAreToldApart() {
    let names = (0..<5_000).map { "name\($0)" }
    #expect(Set(symbols(names + names)).count == 5_000)
  }

  /// Names made to fall into one place of the table.
  @Test func namesInOnePlaceAreToldApart() {
    let names = (0..<300_000).lazy.map { "n\($0)" }.filter {
      SymbolTable.spread($0.utf8.reduce(0, SymbolTable.mixed)) >> 20 == 5
    }
    let crowd = Array(names)
    #expect(crowd.count > 50)
    #expect(Set(symbols(crowd + crowd)).count == crowd.count)
  }
}
