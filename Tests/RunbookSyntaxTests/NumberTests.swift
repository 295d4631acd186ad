import RunbookSyntax
import Testing

@Suite("Numbers")
struct NumberTests {
  static func number(_ text: String) throws -> Number { try #require(Number(text)) }

  @Test("are exact")
  func exact() throws {
    #expect(try Self.number("0.1").adding(Self.number("0.2")) == Self.number("0.3"))
    #expect(try Self.number("1.10").description == "1.1")
    #expect(try Self.number("-2.5").description == "-2.5")
    #expect(try Self.number("1000000000000000").description == "1000000000000000")
    #expect(try Self.number("0.000000001").description == "0.000000001")
    #expect(try Self.number("7").multiplied(by: Self.number("0.5")) == Self.number("3.5"))
    #expect(try Self.number("1").divided(by: Self.number("3"))?.description == "0.333333333")
    #expect(try Self.number("2").divided(by: Self.number("3"))?.description == "0.666666667")
    #expect(try Self.number("-2").divided(by: Self.number("3"))?.description == "-0.666666667")
    #expect(try Self.number("7").remainder(by: Self.number("3")) == Number(1))
    #expect(try Self.number("-7").remainder(by: Self.number("3")) == Number(-1))
    #expect(try Self.number("5.5").subtracting(Self.number("6")) == Self.number("-0.5"))
    #expect(Number(3) < Number(4))
    #expect(try Self.number("3.0").whole == 3)
    #expect(try Self.number("3.5").whole == nil)
    #expect(try Self.number("-3.5").integerPart == -3)
    #expect(try Self.number("-3.5").magnitude == Self.number("3.5"))
  }

  @Test("never trap: what leaves the range is nothing")
  func range() throws {
    let most = try Self.number("1000000000000000")
    #expect(most.adding(Number(1)) == nil)
    #expect(most.multiplied(by: most) == nil)
    #expect(most.negated.subtracting(Number(1)) == nil)
    #expect(most.divided(by: try Self.number("0.000000001")) == nil)
    #expect(most.divided(by: .zero) == nil)
    #expect(most.remainder(by: .zero) == nil)
    #expect(Number(Int.max) == most)
    #expect(Number(Int.min) == most.negated)
    #expect(Number.zero.negated == .zero)
  }

  @Test(
    "are not read from anything else",
    arguments: ["", "-", ".", "1.", ".5", "1..2", "1.2.3", "a", "1e3", "+1", "1,0", " 1"])
  func refused(_ text: String) { #expect(Number(text) == nil) }
}
