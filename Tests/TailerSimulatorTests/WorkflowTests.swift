import CivilTime
import TailerAPI
import TailerSimulator
import Testing

@Suite struct WorkflowTests {
  private let jobs = ["ja", "jb", "jc"].map { table($0) }
  private let target = table("jt")
  private let workflow = operation(.workflow, "000099-jt-trigger")

  private func triggers(_ plans: [Scenario.Plan] = [], flags: Set<String> = []) -> Scenario {
    var all = Scenario(now: morning)
    all.operations = jobs.map { .init($0) } + [.init(target)]
    all.operations[2].plans = plans
    all.workflows = [.init(workflow, jobIDs: jobs.compactMap(\.jobID), target: .init(target))]
    all.workflows[0].flags = flags
    return all
  }

  private func launch(_ operations: [DataOperation], at desk: Desk) {
    for one in operations { desk.launch(one) }
    desk.wait(.minutes(2))
    desk.simulator.advance(to: desk.now)
  }

  @Test func theTargetIsLaunchedWhenAllHaveSucceeded() {
    let desk = Desk(triggers())
    launch([jobs[0], jobs[1]], at: desk)
    #expect(desk.simulator.flags(of: workflow) == Set([jobs[0], jobs[1]].compactMap(\.jobID)))
    #expect(desk.simulator.runs(of: target).isEmpty)
    launch([jobs[2]], at: desk)
    #expect(desk.simulator.runs(of: target).map(\.origin) == [.workflow(workflow.id)])
    #expect(desk.simulator.flags(of: workflow) == [])
    #expect(desk.last(target)?.map { $0["status"]?.text } == ["SUCCESS"])
  }

  @Test func aFailureClearsNothingAndAMarkAsSuccessCounts() throws {
    let desk = Desk(triggers([.init(.success, after: .seconds(1)), .init(.failed, after: .seconds(1))]))
    launch([jobs[0], jobs[2]], at: desk)
    launch([jobs[2]], at: desk)
    #expect(desk.simulator.flags(of: workflow).count == 2)
    launch([jobs[1]], at: desk)
    #expect(desk.simulator.runs(of: target).count == 1)

    launch(jobs, at: desk)
    #expect(desk.simulator.flags(of: workflow).count == 2)
    let failed = try #require(desk.simulator.runs(of: jobs[2]).last)
    #expect(failed.status == .failed)
    desk.mark(jobs[2], failed.id, as: "CHECKED")
    #expect(desk.simulator.runs(of: target).count == 1)
    desk.mark(jobs[2], failed.id, as: "SUCCESS")
    #expect(desk.simulator.runs(of: target).count == 2)
    desk.mark(jobs[2], failed.id, as: "SUCCESS")
    #expect(desk.simulator.flags(of: workflow) == [])
  }

  /// The incident of the documentation: JC is run once more after it had been repaired.
  private func incident(withReset: Bool) -> Desk {
    let desk = Desk(
      triggers([.init(.failed, after: .seconds(10)), .init(.success, after: .seconds(10))]))
    launch(jobs, at: desk)
    launch([jobs[2]], at: desk)
    #expect(desk.simulator.runs(of: target).count == 1)
    launch([jobs[2]], at: desk)
    if withReset {
      #expect(desk.reset(workflow) == .object(["code": .number(200), "data": .object([:]), "message": .text("ok")]))
    }
    desk.wait(.hours(12))
    launch([jobs[0], jobs[1]], at: desk)
    return desk
  }

  @Test func withoutAResetTheTargetGoesWithoutTheDaysJob() {
    let desk = incident(withReset: false)
    #expect(desk.simulator.runs(of: target).count == 2)
    launch([jobs[2]], at: desk)
    #expect(desk.simulator.flags(of: workflow) == Set([jobs[2]].compactMap(\.jobID)))
  }

  @Test func aResetBeforeTheMorningPreventsIt() {
    let desk = incident(withReset: true)
    #expect(desk.simulator.runs(of: target).count == 1)
    launch([jobs[2]], at: desk)
    #expect(desk.simulator.runs(of: target).count == 2)
    #expect(desk.simulator.flags(of: workflow) == [])
  }

  @Test func aResetLaunchesAndStopsNothing() {
    let desk = Desk(triggers(flags: Set(jobs.compactMap(\.jobID).prefix(2))))
    let id = desk.launch(jobs[2]) ?? ""
    desk.reset(workflow)
    #expect(desk.status(jobs[2], id) == "RUNNING")
    desk.wait(.minutes(2))
    #expect(desk.status(jobs[2], id) == "SUCCESS")
    #expect(desk.simulator.runs(of: target).isEmpty)
    #expect(desk.simulator.effects.last == .reset(workflow))
  }

  @Test func aResetHasTwoReplies() {
    var old = triggers()
    old.hasLongResetReply = false
    #expect(Desk(old).reset(workflow) == .object(["message": .text("ok")]))
  }

  @Test func aDisabledWorkflowForgetsWhatItIsSent() {
    let desk = Desk(triggers())
    launch([jobs[0]], at: desk)
    desk.set(workflow, activated: false, archived: false)
    launch([jobs[1], jobs[2]], at: desk)
    #expect(desk.simulator.flags(of: workflow) == Set([jobs[0]].compactMap(\.jobID)))
    desk.set(workflow, activated: true, archived: false)
    #expect(desk.simulator.runs(of: target).isEmpty)
    launch([jobs[1], jobs[2]], at: desk)
    #expect(desk.simulator.runs(of: target).count == 1)
  }

  @Test func aDisabledTargetIsRecordedAsDeactivated() {
    let desk = Desk(triggers())
    desk.set(target, activated: false, archived: false)
    launch(jobs, at: desk)
    #expect(desk.simulator.runs(of: target).map(\.status) == [.deactivated])
    #expect(desk.simulator.flags(of: workflow) == [])
  }

  @Test func anotherEnvironmentsJobsDoNotCount() {
    var both = triggers(flags: Set(jobs.compactMap(\.jobID).prefix(2)))
    let twin = DataOperation(account: "000099", environment: "PROD", type: .tableToTable, id: jobs[2].id)
    both.operations.append(.init(twin))
    let desk = Desk(both)
    launch([twin], at: desk)
    #expect(desk.simulator.runs(of: target).isEmpty)
    launch([jobs[2]], at: desk)
    #expect(desk.simulator.runs(of: target).count == 1)
  }

  @Test func aWorkflowThatFeedsItselfEnds() {
    var loop = Scenario(now: morning)
    loop.operations = [.init(jobs[0], plans: [.init(.success, after: .zero)])]
    loop.workflows = [.init(workflow, jobIDs: jobs.prefix(1).compactMap(\.jobID), target: .init(jobs[0]))]
    let desk = Desk(loop)
    desk.launch(jobs[0])
    desk.simulator.settle()
    #expect(desk.simulator.runs.count == 100_000)
    #expect(desk.post("/v1/dag/launch", Desk.members(jobs[0], "launch_job")).code == 503)
  }
}
