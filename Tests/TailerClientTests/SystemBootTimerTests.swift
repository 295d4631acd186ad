import CivilTime
import Testing

@testable import TailerClient

/// The system's timer as far as this process survives it.
@Suite struct SystemBootTimerTests {
  @Test func itIsSetToTheEarliestMomentThatStands() throws {
    let timer = SystemBootTimer()
    let now = timer.sinceBoot
    #expect(now > .zero)
    #expect(timer.remaining == nil)
    let late = try timer.arm(at: try #require(now.adding(.hours(3))))
    let remaining = try #require(timer.remaining)
    #expect(remaining > .hours(2) && remaining <= .hours(3))
    let early = try timer.arm(at: try #require(now.adding(.hours(1))))
    let later = try timer.arm(at: try #require(now.adding(.hours(2))))
    #expect(try #require(timer.remaining) <= .hours(1))
    early()
    early()
    #expect(try #require(timer.remaining) > .hours(1))
    #expect(try #require(timer.remaining) <= .hours(2))
    later()
    #expect(try #require(timer.remaining) > .hours(2))
    late()
    #expect(timer.remaining == nil)
  }
}
