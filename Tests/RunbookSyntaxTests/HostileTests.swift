import Foundation
import RunbookDiagnostics
import RunbookSyntax
import SeedSupport
import Testing
import VisibleText

@Suite("Hostile input")
struct HostileTests {
  /// Reads on the smallest stack that a thread has, tears the tree down there, and tells the diagnostics.
  static func read(_ bytes: [UInt8]) -> [Diagnostic] {
    nonisolated(unsafe) var found: [Diagnostic] = []
    let done = DispatchSemaphore(value: 0)
    let thread = Thread {
      found = parsed(bytes).diagnostics
      done.signal()
    }
    thread.stackSize = 512 << 10
    thread.start()
    done.wait()
    return found
  }

  static func many(_ text: String, _ count: Int = 200_000) -> String { String(repeating: text, count: count) }

  @Test(
    "endless nesting is one mistake and takes no deep stack",
    arguments: [
      ("(", "nesting-too-deep"), ("[", "nesting-too-deep"), ("{", "bare-block"), ("not ", "nesting-too-deep"),
      ("-", "nesting-too-deep"), ("else if ", "stray-word"), ("f(", "nesting-too-deep"), ("a[", "nesting-too-deep"),
      ("last (", "nesting-too-deep"), ("await (", "nesting-too-deep"), ("launch ", "nesting-too-deep"),
      ("if a { ", "nesting-too-deep"), ("step 'a' { ", "nesting-too-deep"), ("try { ", "nesting-too-deep"),
      ("for a in b { ", "nesting-too-deep"), ("run 'a' of ", "nesting-too-deep"), ("parallel { ", "nesting-too-deep"),
      ("(a or b and c == d .. e + f * ", "nesting-too-deep"), ("[f(a[-", "nesting-too-deep"),
    ])
  func nesting(_ unit: String, _ id: String) {
    let found = Self.read(Array(Self.many(unit).utf8))
    #expect(found.map(\.id).filter { $0 != "not-a-step" } == [id])
  }

  @Test(
    "endless rows are one mistake",
    arguments: [
      ("print 1", "+1"), ("print a", ".b"), ("print a", " or b"), ("print a", "[0]"), ("print a", " and not b"),
      ("print 1", "*1"),
    ])
  func rows(_ start: String, _ unit: String) {
    #expect(Self.read(Array((start + Self.many(unit)).utf8)).map(\.id) == ["nesting-too-deep"])
  }

  @Test("endless interpolations are none, or one mistake when they nest")
  func interpolations() {
    #expect(Self.read(Array(("print \"" + Self.many("${a}") + "\"").utf8)).isEmpty)
    #expect(Self.read(Array(("print \"" + Self.many("${")).utf8)).map(\.id) == ["unterminated-interpolation"])
    let nested = "print \"" + Self.many("${", 1_000) + Self.many("}", 1_000) + "\""
    #expect(Self.read(Array(nested.utf8)).map(\.id) == ["nested-interpolation"])
  }

  @Test("flat length has no bound")
  func flat() {
    #expect(Self.read(Array(Self.many("print a\n").utf8)).isEmpty)
    #expect(Self.read(Array(("print [" + Self.many("a,") + "]").utf8)).isEmpty)
    #expect(Self.read(Array(("if a { }" + Self.many(" else if a { }", 50_000)).utf8)).isEmpty)
    #expect(Self.read(Array(("print \"" + Self.many("x", 1 << 20) + "\"").utf8)).isEmpty)
    #expect(Self.read(Array(("#" + Self.many("x", 1 << 20)).utf8)).isEmpty)
  }

  @Test(
    "long lines of one thing are read in time",
    arguments: [
      "\"", "'", "\"${\"", "${", "}", ")", "]", ";", ",", ":", "$", "@", "☃", "é", "\0", "\\", "\"\\q", "1", "2020-",
      "1.",
      "a ", "a = ", "where a ", "catch ", "workflow 'x' in ", "“", "‘a’", "\u{FEFF}", "\r", "!", "=", "..", "last ((((",
      "runs of ", "1h", "\"\"\"", "#", "-a", "a-", "or ", "launch [", "${a", "it.", "step {", "} else {", "\"${'",
    ])
  func lines(_ unit: String) {
    let found = Self.read(Array(Self.many(unit, 60_000).utf8))
    #expect(found.count <= 101)
  }

  @Test("bytes that are no text are said to be none")
  func noText() {
    #expect(Self.read([0xFF, 0xFE, 0x00]).map(\.id).contains("invalid-utf8"))
    #expect(Self.read([0]).map(\.id) == ["control-character"])
    #expect(Self.read([UInt8](repeating: 0, count: 1 << 20)).map(\.id) == ["control-character"])
    #expect(Self.read([UInt8](repeating: 0xC3, count: 1 << 20)).map(\.id) == ["invalid-utf8"])
    #expect(Self.read([0xEF, 0xBB, 0xBF]).isEmpty)
    #expect(Self.read([0xEF, 0xBB]).map(\.id) == ["invalid-utf8"])
    #expect(Self.read(Array("print '".utf8) + [0xED, 0xA0, 0x80, 0x27]).map(\.id) == ["invalid-utf8"])
    #expect(Self.read(Array("print '".utf8) + [0xC0, 0x80, 0x27]).map(\.id) == ["invalid-utf8"])
    #expect(Self.read(Array("print '".utf8) + [0xF5, 0x80, 0x80, 0x80, 0x27]).map(\.id) == ["invalid-utf8"])
  }

  @Test(
    "numbers, dates and durations out of range are refused",
    arguments: [
      "99999999999999999999999999", "1000000000000001", "0.00000000001", "99999999999999999999d", "3660001d",
      "9999-99-99", "0000-01-01", "2020-02-30", "2020-12-30T24:00Z", "0001-01-01T00:00+23:00", "25:00",
      "999999999999999999h999999999999m", "12345678901234567890-01-01",
    ])
  func ranges(_ literal: String) {
    let found = Self.read(Array("let x = \(literal)".utf8))
    #expect(found.count == 1 || literal.hasPrefix("12345"), "\(literal): \(found.map(\.id))")
    #expect(found.containsError)
  }

  @Test("random bytes, and runbooks with bytes changed, come to an end; what is said of them can be drawn")
  func fuzz() {
    var random = Dice(42)
    let words = Array("{}()[]\"'$\\#;,:.=!<>+-*/%&|\n\r\t é\u{202E}🚀az09_".utf8)
    let sample = Array(everything.utf8)
    for round in 0..<Seeds.rounds(3_000) {
      var bytes: [UInt8]
      switch round % 3 {
      case 0: bytes = (0..<random.next(below: 120)).map { _ in UInt8(random.next(below: 256)) }
      case 1: bytes = (0..<random.next(below: 200)).map { _ in words[random.next(below: words.count)] }
      default:
        let start = random.next(below: sample.count)
        bytes = Array(sample[start..<min(sample.count, start + 300)])
        for _ in 0..<(1 + random.next(below: 6)) where !bytes.isEmpty {
          let place = random.next(below: bytes.count)
          switch random.next(below: 3) {
          case 0: bytes[place] = UInt8(random.next(below: 256))
          case 1: bytes.remove(at: place)
          default: bytes.insert(words[random.next(below: words.count)], at: place)
          }
        }
      }
      let result = parsed(bytes)
      let renderer = DiagnosticRenderer(sources: SourceMap([result.program.source]), hasColour: false, width: 60)
      for diagnostic in result.diagnostics.prefix(5) {
        let drawn = renderer.render(diagnostic).text
        #expect(!drawn.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
        #expect(Int(diagnostic.primary.range.upper) <= bytes.count)
      }
    }
  }
}
