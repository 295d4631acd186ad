import CivilTime
import TailerAPI
import TailerSimulator
import Testing

@Suite struct RunTests {
  private let prepare = table("000099_iowa_liquor_prepare_pda")

  @Test func aRunGoesItsWayAndIsShownAsDocumented() throws {
    let desk = Desk(
      scenario(.init(prepare, plans: [.init(.success, after: TimeSpan(microseconds: 84_002_519) ?? .zero)])))
    let id = try #require(desk.launch(prepare, on: "2020-12-29"))
    #expect(id.hasPrefix("20201230-112843-"))
    #expect(id.wholeMatch(of: /\d{8}-\d{6}-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/) != nil)
    let going = try #require(desk.check(prepare, id))
    #expect(going["status"]?.text == "RUNNING")
    #expect(going["duration"] == nil)
    desk.wait(.minutes(2))
    let ended: [String: JSONValue] = [
      "account": .text("000099"), "configuration_id": .text("000099_iowa_liquor_prepare_pda_DEV"),
      "configuration_type": .text("table-to-table"), "duration": .text("0:01:24.002519"), "environment": .text("DEV"),
      "job_id": .text("gbq-to-gbq|000099_iowa_liquor_prepare_pda_DEV"),
      "last_update_date": .text("2020-12-30T11:30:07.863859+00:00"), "run_id": .text(id),
      "start_execution_date": .text("2020-12-30T11:28:43.861340+00:00"), "status": .text("SUCCESS"),
    ]
    #expect(desk.check(prepare, id) == .object(ended))
    #expect(
      desk.last(prepare) == [.object(ended.merging(["configuration_type": .text("gbq-to-gbq")]) { $1 })])
    #expect(desk.simulator.launches.map(\.executionDate) == [CalendarDate("2020-12-29")])
  }

  @Test func plansAreTakenInOrderAndTheLastRepeats() {
    let plans = [
      Scenario.Plan(.failed, after: .seconds(1)), .init(.noMatch, after: .seconds(1)),
      .init(.success, after: .seconds(1)),
    ]
    let desk = Desk(scenario(.init(prepare, plans: plans)))
    let statuses = (1...5).map { _ in
      let id = desk.launch(prepare) ?? ""
      desk.wait(.seconds(2))
      return desk.status(prepare, id)
    }
    #expect(statuses == ["FAILED", "NO_MATCH", "SUCCESS", "SUCCESS", "SUCCESS"])
  }

  @Test func aTableToTableRunWaitsForTheOneThatGoes() throws {
    let desk = Desk(scenario(.init(prepare, plans: [.init(.success, after: .minutes(10))])))
    let first = try #require(desk.launch(prepare))
    desk.wait(.minutes(1))
    let second = try #require(desk.launch(prepare))
    let third = try #require(desk.launch(prepare))
    #expect([first, second, third].map { desk.status(prepare, $0) } == ["RUNNING", "WAITING", "WAITING"])
    #expect(desk.last(prepare)?.map { $0["run_id"]?.text } == [third, second, first])
    desk.wait(.minutes(9))
    #expect([first, second, third].map { desk.status(prepare, $0) } == ["SUCCESS", "RUNNING", "WAITING"])
    let started = desk.check(prepare, second)?["start_execution_date"]?.text
    #expect(started == morning.advanced(by: .minutes(10)).serviceForm)
    desk.wait(.minutes(20))
    #expect(desk.check(prepare, third)?["duration"]?.text == "0:10:00")
    #expect(desk.simulator.runs.last?.ended == morning.advanced(by: .minutes(30)))
  }

  @Test func onlyTableToTableWaitsAndOnlyForItsOwnConfiguration() {
    let export = operation(.tableToStorage, "000099_export")
    let desk = Desk(scenario(.init(prepare), .init(export), .init(table("other"))))
    let statuses = [prepare, table("other"), export, export].map { desk.status($0, desk.launch($0) ?? "") }
    #expect(statuses == ["RUNNING", "RUNNING", "RUNNING", "RUNNING"])
  }

  @Test func aStuckRunBlocksLaterOnesUntilItIsMarked() throws {
    let desk = Desk(scenario(.init(prepare, plans: [.init(.running), .init(.success, after: .minutes(1))])))
    let stuck = try #require(desk.launch(prepare))
    let next = try #require(desk.launch(prepare))
    desk.wait(.days(3))
    #expect(desk.status(prepare, stuck) == "RUNNING")
    #expect(desk.status(prepare, next) == "WAITING")
    #expect(desk.mark(prepare, stuck, as: "FAILED") == 200)
    #expect(desk.check(prepare, stuck)?["duration"]?.text == "3 days, 0:00:00")
    #expect(desk.status(prepare, next) == "RUNNING")
    desk.wait(.minutes(1))
    #expect(desk.status(prepare, next) == "SUCCESS")
  }

  @Test func aMarkStandsWhateverTheJobDoesLater() throws {
    let desk = Desk(scenario(.init(prepare, plans: [.init(.success, after: .minutes(10))])))
    let id = try #require(desk.launch(prepare))
    desk.mark(prepare, id, as: "FAILED")
    desk.mark(prepare, id, as: "CHECKED")
    desk.wait(.hours(1))
    #expect(desk.status(prepare, id) == "CHECKED")
    desk.mark(prepare, id, as: "RUNNING")
    desk.wait(.days(1))
    #expect(desk.status(prepare, id) == "RUNNING")
    #expect(desk.check(prepare, id)?["duration"] == nil)
    #expect(desk.mark(prepare, id, as: "WAITING") == 400)
    #expect(desk.mark(prepare, "no-such-run", as: "SUCCESS") == 404)
    #expect(desk.mark(table("other"), id, as: "SUCCESS") == 404)
    #expect(desk.mark(table("000099_iowa_liquor_prepare_pda", in: "PROD"), id, as: "SUCCESS") == 404)
  }

  @Test func aMarkNeedsNoEnvironment() throws {
    let desk = Desk(scenario(.init(prepare)))
    let id = try #require(desk.launch(prepare))
    var members = Desk.members(prepare, "set_run_status").filter { $0.key != "environment" }
    members["run_id"] = .text(id)
    members["status"] = .text("CHECKED")
    #expect(desk.post("/v1/dag/status", members).code == 200)
    #expect(desk.status(prepare, id) == "CHECKED")
  }

  @Test func fileDrivenRunsBelongToJobs() throws {
    let stores = operation(.storageToTables, "000099-iowa-stores")
    let prefix = "storage-to-tables|000099|000099-iowa-stores|DEV|"
    var one = Scenario.Operation(stores)
    one.jobIDs = [prefix + "stores-{{FD_DATE}}.csv", prefix + "sales-{{FD_DATE}}.csv"]
    one.schedule = [
      .init(at: morning.advanced(by: .minutes(5)), .init(.success, after: .seconds(30)), jobID: one.jobIDs[0]),
      .init(at: morning.advanced(by: .minutes(6)), .init(.noMatch, after: .seconds(1)), jobID: one.jobIDs[1]),
    ]
    let desk = Desk(scenario(one))
    #expect(desk.last(stores) == [])
    desk.wait(.minutes(5))
    #expect(desk.last(stores)?.map { $0["status"]?.text } == ["RUNNING"])
    desk.wait(.minutes(2))
    #expect(desk.last(stores)?.map { $0["status"]?.text } == ["NO_MATCH", "SUCCESS"])
    let sales = desk.last(stores, ["job_id": .text(one.jobIDs[1])])
    #expect(sales?.map { $0["status"]?.text } == ["NO_MATCH"])
    let id = try #require(sales?.first?["run_id"]?.text)
    #expect(id.wholeMatch(of: /20201230-[0-9a-f]{8}-[0-9a-f-]{27}/) != nil)
    #expect(desk.check(stores, id, job: one.jobIDs[1])?["status"]?.text == "NO_MATCH")
    #expect(desk.check(stores, id, job: one.jobIDs[0]) == nil)
    #expect(desk.launch(stores) == nil)
  }

  @Test func storageToStorageTellsNoUpdate() throws {
    let copy = operation(.storageToStorage, "000099-copy")
    let desk = Desk(scenario(.init(copy, schedule: [.init(at: morning.advanced(by: .seconds(1)))])))
    desk.wait(.minutes(5))
    let run = try #require(desk.last(copy)?.first)
    #expect(run["last_update_date"] == nil)
    #expect(run["configuration_type"]?.text == "storage-to-storage")
    #expect(run["duration"]?.text == "0:01:00")
  }

  @Test func historyIsWhatEndedOrStillGoes() {
    var one = Scenario.Operation(prepare, plans: [.init(.success, after: .minutes(1))])
    one.history = [
      .init(at: morning.advanced(by: .hours(-1)), .init(.success, after: .hours(2)), runID: "still-going"),
      .init(at: morning.advanced(by: .hours(-30)), .init(.failed, after: .minutes(2)), runID: "yesterday"),
    ]
    let desk = Desk(scenario(one))
    #expect(desk.last(prepare)?.map { $0["status"]?.text } == ["RUNNING", "FAILED"])
    #expect(desk.check(prepare, "yesterday")?["duration"]?.text == "0:02:00")
    let next = desk.launch(prepare) ?? ""
    #expect(desk.status(prepare, next) == "WAITING")
    desk.wait(.minutes(61))
    #expect(desk.status(prepare, "still-going") == "SUCCESS")
    #expect(desk.status(prepare, next) == "SUCCESS")
  }

  @Test func historyIsThereAlsoWhereTheOperationIsOff() {
    for activation in [Activation.disabled, .archived] {
      var one = Scenario.Operation(operation(.storageToTables, "files"))
      one.history = [.init(at: morning.advanced(by: .minutes(-1)), .init(.failed, after: .minutes(2)))]
      one.activation = activation
      let desk = Desk(scenario(one))
      #expect(desk.last(one.identity)?.map { $0["status"]?.text } == ["RUNNING"])
      desk.wait(.minutes(2))
      #expect(desk.last(one.identity)?.map { $0["status"]?.text } == ["FAILED"])
    }
  }

  @Test func aLaunchedRunShowsAfterTheDelay() throws {
    var slow = scenario(.init(prepare, plans: [.init(.success, after: .seconds(1))]))
    slow.visibilityDelay = .minutes(3)
    let desk = Desk(slow)
    let id = try #require(desk.launch(prepare))
    desk.wait(.seconds(179))
    #expect(desk.check(prepare, id) == nil)
    #expect(desk.last(prepare) == [])
    #expect(desk.simulator.runs.map(\.status) == [.success])
    desk.wait(.seconds(1))
    #expect(desk.status(prepare, id) == "SUCCESS")
  }

  @Test func listingsFilterAndCount() {
    let desk = Desk(
      scenario(.init(prepare, plans: [.init(.failed, after: .seconds(1)), .init(.success, after: .seconds(1))])))
    for _ in 0..<5 {
      desk.launch(prepare)
      desk.wait(.hours(10))
    }
    func count(_ more: [String: JSONValue]) -> Int? { desk.last(prepare, more)?.count }
    #expect(count([:]) == 3)
    #expect(count(["limit": .number(100)]) == 5)
    #expect(count(["limit": .number(2)]) == 2)
    #expect(count(["status": .text("FAILED")]) == 1)
    #expect(count(["execution_date": .text("2020-12-30"), "limit": .number(9)]) == 2)
    #expect(count(["execution_date": .text("2020-12-31"), "status": .text("SUCCESS"), "limit": .number(9)]) == 2)
    #expect(count(["execution_date": .text("2021-06-01")]) == 0)
  }

  @Test func runsAreListedAcrossAnAccount() {
    let elsewhere = table("other", in: "PROD")
    let desk = Desk(scenario(.init(prepare), .init(elsewhere), .init(operation(.tableToStorage, "x"))))
    for one in [prepare, elsewhere, operation(.tableToStorage, "x")] {
      desk.launch(one)
      desk.wait(.minutes(2))
    }
    func list(_ more: [String: JSONValue]) -> [String]? {
      let members: [String: JSONValue] = [
        "account": .text("000099"), "action": .text("get_by_status"), "configuration_type": .text("table-to-table"),
      ]
      let results = desk.post("/v1/dag/status", members.merging(more) { $1 }).body?["results"]?.array
      return results?.compactMap { $0["configuration_id"]?.text }
    }
    #expect(list([:]) == ["other_PROD", "000099_iowa_liquor_prepare_pda_DEV"])
    #expect(list(["environment": .text("PROD")]) == ["other_PROD"])
    #expect(list(["account": .text("111111")]) == [])
    #expect(list(["status": .text("FAILED")]) == [])
    #expect(list(["configuration_type": .text("gbq-to-gbq"), "limit": .number(1)]) == ["other_PROD"])
  }

  @Test func disabledOperationsRecordDeactivatedRuns() throws {
    let files = operation(.storageToTables, "files")
    let arrival = Scenario.Start(at: morning.advanced(by: .minutes(1)))
    let desk = Desk(scenario(.init(prepare, schedule: [arrival]), .init(files, schedule: [arrival])))
    #expect(desk.set(prepare, activated: false, archived: false) == 200)
    desk.set(files, activated: false, archived: false)
    let id = try #require(desk.launch(prepare))
    #expect(desk.status(prepare, id) == "DEACTIVATED")
    #expect(desk.check(prepare, id)?["duration"]?.text == "0:00:00")
    desk.wait(.minutes(5))
    #expect(desk.last(prepare)?.map { $0["status"]?.text } == ["DEACTIVATED", "DEACTIVATED"])
    #expect(desk.last(files) == [])
    desk.set(prepare, activated: true, archived: false)
    #expect(desk.status(prepare, desk.launch(prepare) ?? "") == "RUNNING")
    desk.set(prepare, activated: false, archived: true)
    #expect(desk.launch(prepare) == nil)
    #expect(desk.simulator.activation(of: prepare) == .archived)
    #expect(desk.set(prepare, activated: true, archived: true) == 400)
  }

  @Test func operationsAreMadeWhenNamedUnlessTheScenarioIsStrict() {
    let lenient = Desk(scenario())
    #expect(lenient.last(prepare) == [])
    #expect(lenient.launch(prepare) != nil)
    lenient.wait(.minutes(1))
    #expect(lenient.last(prepare)?.map { $0["status"]?.text } == ["SUCCESS"])

    var strict = scenario()
    strict.isStrict = true
    let desk = Desk(strict)
    let workflow = operation(.workflow, "w")
    #expect(desk.post("/v1/dag/launch", Desk.members(prepare, "launch_job")).code == 404)
    #expect(desk.post("/v1/dag/status", Desk.members(prepare, "get_last_status")).code == 404)
    #expect(desk.post("/v1/workflow/status", Desk.members(workflow, "reset_workflow_status")).code == 404)
    #expect(desk.set(prepare, activated: false, archived: false) == 404)
    #expect(desk.set(workflow, activated: false, archived: false) == 404)
    #expect(desk.simulator.effects == [])
  }

  @Test func timeNeverGoesBack() throws {
    let desk = Desk(scenario(.init(prepare, plans: [.init(.success, after: .minutes(1))])))
    let id = try #require(desk.launch(prepare))
    desk.wait(.minutes(1))
    #expect(desk.status(prepare, id) == "SUCCESS")
    desk.wait(.hours(-5))
    #expect(desk.status(prepare, id) == "SUCCESS")
    #expect(desk.simulator.now == morning.advanced(by: .minutes(1)))
  }

  @Test func snapshotsLeaveOutIdsAndTimes() {
    func end(seed: UInt64, pause: TimeSpan, _ extra: Bool) -> Snapshot {
      var one = scenario(.init(prepare))
      one.seed = seed
      let desk = Desk(one)
      desk.wait(pause)
      desk.launch(prepare, on: "2020-12-30")
      if extra { desk.launch(prepare) }
      desk.set(table("b"), activated: false, archived: false)
      desk.simulator.settle()
      return desk.simulator.snapshot
    }
    #expect(end(seed: 1, pause: .zero, false) == end(seed: 2, pause: .hours(1), false))
    #expect(end(seed: 1, pause: .zero, false) != end(seed: 1, pause: .zero, true))
    #expect(
      end(seed: 1, pause: .zero, false).description == """
        gbq-to-gbq|000099_iowa_liquor_prepare_pda_DEV in DEV on 2020-12-30 by api: SUCCESS
        table-to-table b_DEV in DEV of 000099 is disabled
        """)
  }
}
