import CivilTime
import RunbookEvaluator
import RunbookRecord
import TailerAPI
import Testing

@testable import RunbookTerminal

@Suite struct CostWordingTests {
  @Test func oneLineSaysWhatItCost() {
    var requests = RequestCounts()
    for _ in 0..<3 { requests.count("get_last_status", isRetry: false) }
    requests.count("get_last_status", isRetry: true)
    requests.count("launch_job", isRetry: false)
    let one = ExecutionCost(requests: requests, awaits: [WatchCost(looks: 4, noticedAfter: .milliseconds(1500))])
    #expect(
      one.words
        == "5 requests (4 get_last_status, 1 launch_job; 1 of them again); 1 await took 4 looks and noticed 1.5s after the end"
    )
    let two = ExecutionCost(awaits: [
      WatchCost(looks: 4, noticedAfter: .seconds(2)), WatchCost(looks: 1, noticedAfter: .seconds(12)), WatchCost(),
    ])
    #expect(two.words == "3 awaits took 5 looks and noticed 12s after the end at the latest, 12s in the middle")
    #expect(ExecutionCost().words == nil)
    #expect(ExecutionCost(awaits: [WatchCost(looks: 1)]).words == "1 await took 1 look")
  }

  @Test func whatIsMissingIsSaid() {
    var requests = RequestCounts()
    requests.count("launch_job", isRetry: false)
    let cost = ExecutionCost(requests: requests, lacksKilled: true)
    #expect(cost.words == "1 request (1 launch_job), without those of a process that was killed")
    #expect(cost.adding(requests).words == "2 requests (2 launch_job), without those of a process that was killed")
    #expect(String(decoding: JSONValue(cost).bytes, as: UTF8.self).contains(#""lacksKilled":true"#))
  }

  @Test func theSameAsJSON() {
    var requests = RequestCounts()
    requests.count("launch_job", isRetry: false)
    let cost = ExecutionCost(requests: requests, awaits: [WatchCost(looks: 4, noticedAfter: .milliseconds(1500))])
    let text = String(decoding: JSONValue(cost).bytes, as: UTF8.self)
    #expect(
      JSONValue(Array(text.utf8))
        == JSONValue(
          Array(
            #"{"requests":1,"byAction":{"launch_job":1},"retries":0,"awaits":1,"looks":4,"noticedAfterSeconds":{"median":1.5,"p95":1.5,"max":1.5},"lacksKilled":false}"#
              .utf8)))
  }
}
