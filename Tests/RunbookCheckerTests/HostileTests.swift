import Foundation
import GoldenSupport
import RunbookChecker
import RunbookDiagnostics
import RunbookSyntax
import SeedSupport
import Testing

/// Texts that are meant to bring the checker down, or to keep it busy.
struct HostileTests {
  /// Whoever draws a diagnostic, or jumps to it, goes to where it says.
  @Test(arguments: ["try(", "try", "parallel", "parallel(", "procedure p(", "try finally"])
  func everyPlaceLiesInItsSource(_ text: String) throws {
    try #require(!checked(text).ids.isEmpty)
    #expect(placesOutside(of: text) == [])
  }

  /// What breaks off anywhere, and what has lost or gained something, of all that the checker has anything to say about.
  @Test func everyPlaceOfABrokenTextLiesInIt() throws {
    var random = Dice(7)
    for golden in try Golden.all(in: GoldenTests.directory) {
      let whole = golden.source
      for _ in 0..<Seeds.rounds(12) {
        var bytes = Array(whole.prefix(random.next(below: whole.count + 1)))
        for _ in 0..<random.next(below: 3) where !bytes.isEmpty {
          let place = random.next(below: bytes.count)
          if random.next(below: 2) == 0 { bytes.remove(at: place) } else { bytes.insert(whole[place], at: place) }
        }
        let text = String(decoding: bytes, as: UTF8.self)
        let outside = placesOutside(of: text)
        #expect(outside == [], "\(text)")
      }
    }
  }

  private func placesOutside(of text: String) -> [String] {
    let found = checked(text)
    return (found.syntaxErrors + found.result.diagnostics).filter { diagnostic in
      let labels = [diagnostic.primary] + diagnostic.secondary + diagnostic.trace
      return !(labels.map(\.range) + diagnostic.fixes.map(\.range)).allSatisfy {
        0 <= $0.lower && $0.lower <= $0.upper && Int($0.upper) <= text.utf8.count
      }
    }.map(\.id)
  }

  private static func nested(_ open: String, _ close: String, around inner: String, behind start: String = "") -> String
  {
    // As deep as the parser lets a tree be, which is not the same for all.
    for depth in stride(from: nestingLimit, to: 1, by: -1) {
      let text =
        start + String(repeating: open, count: depth) + inner + String(repeating: close, count: depth)
      if parse(SourceText(id: SourceID(0), name: "", text: text)).diagnostics.isEmpty { return text }
    }
    return "(no depth at all"
  }

  @Test(arguments: [
    nested("if true {\n", "\n}", around: "launch a"),
    nested("for i in 1 .. 2 {\n", "\n}", around: "launch a"),
    nested("try {\n", "\n} catch { print error.message }", around: "launch a"),
    nested("try {\n", "\n} finally { print 1 }", around: "launch a"),
    nested("retry 2 times {\n", "\n}", around: "disable a"),
    nested("parallel { step \"s\" {\n", "\n} }", around: "launch a"),
    nested("(", ")", around: "1", behind: "print "),
    nested("[", "]", around: "1", behind: "print "),
    nested("not ", "", around: "true", behind: "print "),
    nested("-", "", around: "1", behind: "print "),
    nested("text(", ")", around: "1", behind: "print "),
    nested(" + 1", "", around: "", behind: "print 1"),
    nested(" and true", "", around: "", behind: "print true"),
    nested(".id", "", around: "", behind: "print a"),
  ])
  func depthIsSurvived(_ text: String) {
    let result = checked(preamble + text)
    #expect(result.syntaxErrors.map(\.id) == [])
  }

  @Test func deepCallsInDeepBlocksAreSurvived() {
    var text = preamble
    for level in 0..<40 {
      let block = String(repeating: "if true {\n", count: 30)
      text += "procedure p\(level)() {\n\(block) p\(level + 1)()\n\(String(repeating: "}\n", count: 31))"
    }
    text += "procedure p40() { print 1 }\np0()"
    #expect(Set(errorsOnTheSmallestStack(text)) == ["calls-too-deep"])
  }

  /// Checks on the smallest stack that a thread has.
  private func errorsOnTheSmallestStack(_ text: String) -> [String] {
    nonisolated(unsafe) var found: [String] = []
    let done = DispatchSemaphore(value: 0)
    let thread = Thread {
      found = checked(text).errors
      done.signal()
    }
    thread.stackSize = 512 << 10
    thread.start()
    done.wait()
    return found
  }

  /// Loops in loops, each of which changes something, so that each is gone through again.
  @Test func loopsInLoopsAreFollowedInTime() {
    var text = preamble + "var op = a\n"
    for level in 0..<30 { text += "for i\(level) in 1 .. 3 {\n launch op\n" }
    text += "disable op\nop = b\n" + String(repeating: "}\n", count: 30)
    #expect(checked(text).ids.contains("launch-after-disable"))
  }

  @Test func listsOfOperationsInEachOtherAreFollowedInTime() {
    var text = preamble
    for level in 0..<20 { text += "for i\(level) in [a, b] {\n launch i\(level)\n" }
    text += "disable a\n" + String(repeating: "}\n", count: 20)
    #expect(Set(checked(text).ids) == ["launch-after-disable", "not-followed"])
  }

  @Test(arguments: [
    "let", "let = ", "procedure p(", "for in", "try { } catch { } finally { await run }", "await", "${", "\"${run",
    "}}}}",
    "launch [[[[a]]]]", "let a", "if { } else { }", "include", "param", "step { break }", "x = = 3", "print 1 ..",
    ".. ..",
  ])
  func brokenTextsAreSurvived(_ text: String) {
    #expect(checked(preamble + text).result.runbook != nil || !checked(preamble + text).ids.isEmpty)
  }

  /// Every statement of a whole runbook left out, doubled or cut somewhere: nothing of it may trap.
  @Test func piecesOfARunbookAreSurvived() {
    let text =
      preamble + """
        param day: date = today
        var count = 0
        procedure relaunch(job, attempts = 3) {
          retry attempts times every 30s backoff 2 {
            launch job on day
            await run timeout 30m or fail "lost ${run.id}"
          }
          return status
        }
        step "one" {
          let s = relaunch(a)
          if s == FAILED and count < 3 { disable [a, b]; enable [a, b]; count = count + 1 } else { enable a }
        }
        parallel for job in [a, b] where it.id != "x" max 2 keep going { launch job; await run or ignore }
        try { launch b; await run or fail } catch timeout { print error.message } catch { stop } finally { enable b }
        for r in last 3 runs of a { if r.status == NO_MATCH { mark r as CHECKED } }
        wait until (check (run "x" of a)) == SUCCESS every 1m timeout 2h
        """
    let bytes = Array(text.utf8)
    for cut in stride(from: 0, to: bytes.count, by: 7) {
      for length in [1, 25] {
        let rest = bytes[..<cut] + bytes[min(cut + length, bytes.count)...]
        _ = checked(String(decoding: rest, as: UTF8.self))
        _ = checked(String(decoding: bytes[..<cut] + bytes[max(0, cut - length)...], as: UTF8.self))
      }
    }
    #expect(checked(text).errors == [])
  }

  @Test func aFileFullOfMistakesGetsThemAllAndInTime() {
    let text = (0..<5_000).map { "print name\($0) + today\n" }.joined()
    #expect(checked(text).ids.count == 5_000)
  }
}
