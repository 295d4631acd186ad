import CivilTime
import Foundation
import Glibc
import RunbookDiagnostics
import RunbookEvaluator
import Testing

@testable import RunbookTerminal

@Suite(.timeLimit(.minutes(1))) struct LineWriterTests {
  /// A thousand waits that suffer the same are one line a minute.
  @Test func anOutageIsToldOnceAMinute() throws {
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    let channel = OutputChannel(ends[1])
    let writer = LineWriter(
      output: channel, news: channel, appearance: Appearance(hasColour: false, isLive: false, width: 80),
      sources: SourceMap())
    let moment = try #require(Timestamp("2020-12-30T11:28:00Z"))
    for number in 0..<120 {
      for kind in [Event.Kind.unseen(nil, since: moment, reason: "busy"), .seen(nil)] {
        writer.hear(
          Event(
            at: moment.advanced(by: .seconds(number)), place: nil, isReplayed: false, steps: [], effect: "1#\(number)",
            kind: kind))
      }
    }
    writer.hear(
      Event(
        at: moment, place: nil, isReplayed: false, steps: [], effect: "1#1",
        kind: .unseen(nil, since: moment, reason: "another")))
    channel.flush()
    close(ends[1])
    let read = try FileHandle(fileDescriptor: ends[0], closeOnDealloc: true).readToEnd() ?? Data()
    let lines = String(decoding: read, as: UTF8.self).split(separator: "\n")
    #expect(lines.count == 5, "\(lines)")
  }

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
