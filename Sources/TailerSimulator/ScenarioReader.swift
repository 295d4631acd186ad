import CivilTime
import TailerAPI
import Yams

extension ScenarioReading {
  private static let operationTypes = ConfigurationType.allCases.filter(\.hasRuns).map(\.rawValue)
  private static let keys = [
    "about", "now", "account", "environment", "takes", "visibility-delay", "strict", "reset-reply", "seed", "tokens",
    "operations", "workflows", "faults", "paths",
  ]

  /// Reads a whole scenario. What was wrong is in `error` afterwards.
  mutating func scenario(_ root: Node, now: Timestamp) -> Scenario {
    let members = members(of: root, what: "the scenario", keys: Self.keys)
    var scenario = Scenario(
      now: value(members["now"], "a moment such as 2020-12-30T11:28:00Z") { Timestamp($0) } ?? now)
    if let node = members["about"] { scenario.about = text(node, what: "about")?.printable }
    scenario.takes = duration(members["takes"]) ?? scenario.takes
    scenario.visibilityDelay = duration(members["visibility-delay"]) ?? .zero
    scenario.isStrict = boolean(members["strict"]) ?? false
    scenario.hasLongResetReply = word(members["reset-reply"], among: ["long", "short"]) != "short"
    scenario.seed = value(members["seed"], "a whole number") { UInt64($0) } ?? scenario.seed
    scenario.tokens = tokens(members["tokens"], from: scenario.now)
    let home = Home(
      account: members["account"].flatMap { text($0, what: "account") },
      environment: members["environment"].flatMap { text($0, what: "environment") })
    var names = Names()
    if let node = members["operations"] {
      for (name, node) in entries(of: node, what: "operations") {
        guard let operation = operation(node, name: name, home: home, names: &names, in: scenario) else { continue }
        scenario.operations.append(operation)
      }
    }
    if let node = members["workflows"] {
      for (name, node) in entries(of: node, what: "workflows") {
        guard let workflow = workflow(node, name: name, home: home, names: names) else { continue }
        scenario.workflows.append(workflow)
      }
    }
    for node in items(of: members["faults"]) { scenario.faults += faultRules(node) }
    return scenario
  }

  /// Where an operation is unless it says otherwise.
  private struct Home {
    var account: String?
    var environment: String?
  }

  /// What the file calls operations and their jobs.
  private struct Names {
    var operations: [String: DataOperation] = [:]
    var jobs: [String: [String: String]] = [:]
    var runIDs: Set<String> = []
  }

  private mutating func tokens(_ node: Node?, from start: Timestamp) -> [String: Timestamp]? {
    guard let node else { return nil }
    var tokens: [String: Timestamp] = [:]
    if node.sequence != nil {
      for item in items(of: node) {
        if let token = text(item, what: "a token") { tokens[token] = .latest }
      }
    } else {
      for (token, node) in entries(of: node, what: "tokens") {
        tokens[token] = node.scalar?.string == "always" ? .latest : moment(node, from: start)
      }
    }
    return tokens
  }

  private mutating func identity(
    _ members: [String: Node], type: ConfigurationType, id: String, home: Home, at node: Node
  ) -> DataOperation? {
    var home = home
    if let node = members["account"] { home.account = text(node, what: "account") }
    if let node = members["environment"] { home.environment = text(node, what: "environment") }
    guard let account = home.account, let environment = home.environment else {
      let missing = home.account == nil ? "an account" : "an environment"
      report(
        "\"\(id.printable)\" has no \(missing.split(separator: " ").last ?? ""); write \(missing) here or for the file",
        at: node)
      return nil
    }
    let isVerbatim = boolean(members["verbatim"]) ?? false
    return DataOperation.named(id, type: type, environment: environment, account: account, verbatim: isVerbatim)
  }

  private mutating func operation(
    _ node: Node, name: String, home: Home, names: inout Names, in scenario: Scenario
  ) -> Scenario.Operation? {
    let keys = ["account", "environment", "verbatim", "jobs", "runs", "history", "schedule", "activation"]
    let members = members(of: node, what: "the operation \"\(name.printable)\"", keys: Self.operationTypes + keys)
    let types = Self.operationTypes.filter { members[$0] != nil }
    guard let typeName = types.first, let type = ConfigurationType(rawValue: typeName), let idNode = members[typeName]
    else {
      report(
        "the operation \"\(name.printable)\" needs a type and an id, such as \"table-to-table: my_configuration\"",
        at: node)
      return nil
    }
    if let second = types.dropFirst().first {
      let names = types.joined(separator: ", ")
      report("the operation \"\(name.printable)\" has more than one type: \(names)", at: key(second, of: node))
      return nil
    }
    guard let id = text(idNode, what: "a configuration id"),
      let identity = identity(members, type: type, id: id, home: home, at: idNode)
    else { return nil }
    if let other = names.operations.first(where: { $0.value == identity }) {
      report("\"\(name.printable)\" is the operation that \"\(other.key.printable)\" is", at: idNode)
      return nil
    }
    var operation = Scenario.Operation(identity)
    let jobs = jobs(members["jobs"], of: identity)
    operation.jobIDs = jobs.values.sorted()
    names.operations[name] = identity
    names.jobs[name] = jobs
    operation.activation = activation(members["activation"])
    for node in items(of: members["runs"]) {
      guard let phrase = runPhrase(node, from: scenario.now) else { continue }
      if let plan = phrase.plan(default: scenario.takes), phrase.moment == nil, phrase.job == nil, phrase.runID == nil,
        phrase.executionDate == nil
      {
        operation.plans.append(plan)
      } else {
        report("an entry of runs says how one run ends, such as \"SUCCESS after 5m\", and nothing else", at: node)
      }
    }
    operation.history = starts(members["history"], "history", jobs, &names, in: scenario) { $0 <= scenario.now }
    operation.schedule = starts(members["schedule"], "schedule", jobs, &names, in: scenario) { $0 > scenario.now }
    return operation
  }

  /// The jobs by the file's names for them.
  private mutating func jobs(_ node: Node?, of operation: DataOperation) -> [String: String] {
    guard let node else { return [:] }
    guard operation.type == .storageToStorage || operation.type == .storageToTables else {
      report("a \(operation.type.rawValue) operation has one job only", at: node)
      return [:]
    }
    var jobs: [String: String] = [:]
    for (name, node) in entries(of: node, what: "jobs") {
      guard let template = text(node, what: "a filename template") else { continue }
      jobs[name] = Scenario.defaultJobID(of: operation) + "|" + template
    }
    return jobs
  }

  private mutating func activation(_ node: Node?) -> Activation {
    word(node, among: Activation.allCases.map(\.rawValue)).flatMap(Activation.init(rawValue:)) ?? .enabled
  }

  private mutating func starts(
    _ node: Node?, _ key: String, _ jobs: [String: String], _ names: inout Names, in scenario: Scenario,
    isInTime: (Timestamp) -> Bool
  ) -> [Scenario.Start] {
    items(of: node).compactMap { node in
      guard let phrase = runPhrase(node, from: scenario.now) else { return nil }
      guard let moment = phrase.moment, isInTime(moment) else {
        let side = key == "history" ? "before" : "after"
        report("an entry of \(key) needs \"at\" and a moment \(side) the beginning, \(scenario.now)", at: node)
        return nil
      }
      guard key == "schedule" || phrase.outcome != nil else {
        report("an entry of history begins with the status in which the run ended", at: node)
        return nil
      }
      if let id = phrase.runID, !names.runIDs.insert(id).inserted {
        report("there is already a run \"\(id.printable)\"", at: node)
        return nil
      }
      var jobID: String?
      if let name = phrase.job {
        guard let known = jobs[name] else {
          report("there is no job \"\(name.printable)\"\(Spelling.hint(for: name, among: jobs.keys))", at: node)
          return nil
        }
        jobID = known
      } else if let only = jobs.first {
        guard jobs.count == 1 else {
          report(
            "the operation has several jobs: say \"of\" which, \(jobs.keys.sorted().joined(separator: ", "))", at: node)
          return nil
        }
        jobID = only.value
      }
      return Scenario.Start(
        at: moment, phrase.plan(default: scenario.takes), jobID: jobID, on: phrase.executionDate, runID: phrase.runID)
    }
  }

  private mutating func workflow(_ node: Node, name: String, home: Home, names: Names) -> Scenario.Workflow? {
    let members = members(
      of: node, what: "the workflow \"\(name.printable)\"",
      keys: ["id", "account", "environment", "jobs", "target", "flags", "activation"])
    let id = members["id"].flatMap { text($0, what: "a workflow's id") } ?? name
    guard let identity = identity(members, type: .workflow, id: id, home: home, at: members["id"] ?? node) else {
      return nil
    }
    let jobs = items(of: members["jobs"])
    let jobIDs = jobs.compactMap { job($0, names)?.jobID }
    if jobs.isEmpty {
      report("the workflow \"\(name.printable)\" needs jobs to wait for", at: members["jobs"] ?? node)
    }
    guard let targetNode = members["target"] else {
      report("the workflow \"\(name.printable)\" needs a target to launch", at: node)
      return nil
    }
    guard let target = job(targetNode, names) else { return nil }
    guard let operation = target.operation else {
      report("the target must be an operation of this file", at: targetNode)
      return nil
    }
    var workflow = Scenario.Workflow(identity, jobIDs: jobIDs, target: .init(operation, jobID: target.jobID))
    for node in items(of: members["flags"]) {
      guard let jobID = job(node, names)?.jobID else { continue }
      guard jobIDs.contains(jobID) else {
        report("the workflow does not wait for \(quoted(node))", at: node)
        continue
      }
      workflow.flags.insert(jobID)
    }
    workflow.activation = activation(members["activation"])
    return workflow
  }

  /// An operation with one job, a job of an operation (`stores/sales`), or a job id.
  private mutating func job(_ node: Node, _ names: Names) -> (operation: DataOperation?, jobID: String)? {
    guard let text = text(node, what: "a job") else { return nil }
    if text.contains("|") { return (nil, text) }
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard let name = parts.first, let operation = names.operations[name], let jobs = names.jobs[name] else {
      report(
        "there is no operation \"\(text.printable)\"\(Spelling.hint(for: text, among: names.operations.keys))", at: node
      )
      return nil
    }
    if parts.count == 2 {
      guard let jobID = jobs[parts[1]] else {
        let hint = Spelling.hint(for: parts[1], among: jobs.keys)
        report("\"\(name)\" has no job \"\(parts[1].printable)\"\(hint)", at: node)
        return nil
      }
      return (operation, jobID)
    }
    guard jobs.count <= 1 else {
      let choices = jobs.keys.sorted().map { "\(name)/\($0)" }.joined(separator: ", ")
      report("\"\(name)\" has several jobs: \(choices)", at: node)
      return nil
    }
    return (operation, jobs.values.first ?? Scenario.defaultJobID(of: operation))
  }
}
