import CivilTime
import Foundation
import Glibc
import RunbookDiagnostics
import RunbookEvaluator
import Testing

@testable import RunbookTerminal

@Suite(.timeLimit(.minutes(1))) struct LineWriterTests {
  /// More than any pipe holds is told while nobody reads: whoever tells it goes on at once, and all of it comes in its order.
  @Test func whoReadsSlowlyDelaysNoWork() throws {
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    let channel = OutputChannel(ends[1])
    let writer = LineWriter(
      output: channel, news: channel, appearance: Appearance(hasColour: false, isLive: false, width: 80),
      sources: SourceMap())
    let moment = try #require(Timestamp("2020-12-30T11:28:43Z"))
    let lines = (0..<100).map { "\($0) " + String(repeating: "x", count: 10_000) }
    for line in lines {
      writer.hear(Event(at: moment, place: nil, isReplayed: false, steps: [], effect: nil, kind: .printed(line)))
    }
    let end = ends[1]
    Thread.detachNewThread {
      channel.flush()
      close(end)
    }
    let read = try FileHandle(fileDescriptor: ends[0], closeOnDealloc: true).readToEnd() ?? Data()
    #expect(String(decoding: read, as: UTF8.self) == lines.map { $0 + "\n" }.joined())
  }
}
