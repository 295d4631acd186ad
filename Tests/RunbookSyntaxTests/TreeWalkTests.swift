import RunbookDiagnostics
import RunbookSyntax
import Testing

struct TreeWalkTests {
  /// Everywhere where the language takes an expression a number stands, each one more than the one before.
  private static let numbered = """
    account "${1}"
    environment "${2}"
    param p: number = 3 "${4}"
    param q from env "${5}"
    include "${6}"
    procedure relaunch(job = 7) { print 8; return 9 }
    let x = 10 or fail "${11}"
    x = 12 or fail "${13}"
    relaunch(14, b = [15, -16, not (17)]) or ignore
    mark 18 as 19
    reset 20
    disable 21
    if 22 { print 23 } else if 24 { print 25 } else { print 26 }
    for a in 27 { print 28 }
    retry 29 times every 30 backoff 31 { print 32 }
    wait 33
    wait until 34 every 35 timeout 36
    parallel for a in 37 max 38 { print 39 }
    parallel max 40 { step "${41}" { print 42 } }
    try { print 43 } catch timeout { print 44 } catch { print 45 } finally { print 46 }
    stop 47
    fail 48
    require 49 else "${50}"
    confirm 51
    manual 52
    launch 53 on 54
    await 55 timeout 56 every 57
    await next run of 58 since 59 timeout 60 every 61
    check 62
    let last-runs = last 63 runs of 64 started 65 with status 66
    let failed = runs of workflow in "${67}" of "${68}" with status 69 started 70 limit 71
    let bad = run "${72}" of 73
    let load = workflow "${74}" in "${75}" of "${76}"
    let alert = job "${77}"
    let sure = confirm 78
    let good = (79).id + list[80] where 81
    """

  @Test func everyExpressionIsVisitedOnceInTheOrderOfTheSource() {
    let result = parsed(Self.numbered)
    #expect(result.diagnostics.map(\.message) == [])
    let numbers = TreeWalk(result.program.statements).compactMap { node -> Int? in
      if case .expression(let expression) = node, case .number(let number) = expression.kind {
        number.whole
      } else {
        nil
      }
    }
    #expect(numbers == Array(1...81))
  }

  @Test func everyStatementIsVisitedOnceBeforeWhatStandsInIt() {
    let program = parsed(everything).program
    let starts = TreeWalk(program.statements).compactMap { node in
      if case .statement(let statement) = node { statement.range.lower } else { nil }
    }
    let blocks = program.source.bytes.filter { $0 == UInt8(ascii: "{") }.count
    #expect(starts == starts.sorted() && Set(starts).count == starts.count)
    #expect(starts.count > program.statements.count + blocks / 2)
  }
}
