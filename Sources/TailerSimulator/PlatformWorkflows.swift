import CivilTime
import TailerAPI

/// Workflows: flags that successes set, and the launch when all are set. Flags know nothing of dates, a failure clears
/// none of them, and a workflow that is not enabled does not hear of successes; those that it heard of it keeps.
extension Platform {
  mutating func succeed(_ run: SimulatedRun) {
    let hearing = workflows.values.filter {
      $0.identity.account == run.operation.account && $0.identity.environment == run.operation.environment
        && $0.activation == .enabled && $0.jobIDs.contains(run.jobID)
    }
    for workflow in hearing.sorted(by: { $0.identity.id < $1.identity.id }) {
      let key = Key(workflow.identity)
      workflows[key]?.flags.insert(run.jobID)
      guard workflows[key]?.flags.count == Set(workflow.jobIDs).count else { continue }
      workflows[key]?.flags = []
      if let target = workflow.target {
        launch(
          Scenario.Start(at: now, jobID: target.jobID), origin: .workflow(workflow.identity.id),
          of: Key(target.operation))
      }
    }
  }

  mutating func reset(_ workflow: DataOperation) throws(Refusal) {
    guard workflows[Key(workflow)] != nil else {
      if scenario.isStrict { throw Refusal(404, "Unknown configuration: \(workflow.id)") }
      return
    }
    workflows[Key(workflow)]?.flags = []
  }

  mutating func setWorkflow(_ workflow: DataOperation, _ activation: Activation) throws(Refusal) {
    if workflows[Key(workflow)] == nil {
      if scenario.isStrict { throw Refusal(404, "Unknown configuration: \(workflow.id)") }
      workflows[Key(workflow)] = WorkflowState(
        identity: workflow, jobIDs: [], target: nil, flags: [], activation: activation)
    }
    workflows[Key(workflow)]?.activation = activation
  }
}
