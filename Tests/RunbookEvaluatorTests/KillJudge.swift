import RunbookRecord
import RunbookSyntax
import TailerAPI
import TailerSimulator

extension KillTrial.Outcome {
  /// Throws where a launch happened twice, or the record speaks of one that did not.
  func requireLaunchedOnce() throws {
    let launches = effects.filter { if case .launch = $0.intent { $0.outcome?.isRejected != true } else { false } }
    let runs = Dictionary(uniqueKeysWithValues: simulator.launches.map { ($0.id, $0) })
    var owners: [String: RecordNumber] = [:]
    for launch in launches {
      guard let id = launch.launchedRun else { continue }
      guard let run = runs[id], launch.launches(run) else {
        throw Trouble(.loss, "\(launch.number), \(launch.intent.words), has no run \(id)")
      }
      guard owners.updateValue(launch.number, forKey: id) == nil else {
        throw Trouble(.duplicate, "two launches have the run \(id)")
      }
    }
    // What is not known of a launch is at most its one run.
    let nobodys = simulator.launches.filter { owners[$0.id] == nil }
    for run in nobodys {
      let open = launches.filter { $0.isOpenLaunch && $0.launches(run) }
      let alike = nobodys.filter { $0.operation == run.operation && $0.executionDate == run.executionDate }
      guard alike.count <= open.count else { throw Trouble(.duplicate, "nothing on record launched \(run.id)") }
    }
  }

  /// Whether a launch that is not known stands, because a `finally` or a `catch` began over it: the execution has ended
  /// otherwise than undisturbed, and rightly so.
  var isUnconfirmed: Bool { effects.contains { $0.isOpenLaunch && $0.outcome != nil } }

  /// Throws where another branch had other effects, or in another order, or where it ended otherwise.
  func requireSame(as calm: KillTrial.Outcome) throws {
    try requireSameBranches(as: calm)
    guard !isUnconfirmed else { return }
    // A signal that came when nothing was left to do.
    let isStopped = end.exitStatus == 143
    guard isStopped || end.exitStatus == calm.end.exitStatus, end.isResumable == calm.end.isResumable else {
      throw Trouble(
        .difference,
        "it ended with \(end.exitStatus), \(end.summary), undisturbed with \(calm.end.exitStatus), \(calm.end.summary)")
    }
    let (found, wanted) = (simulator.snapshot, calm.simulator.snapshot)
    guard found.runs.sorted() == wanted.runs.sorted(), found.flags == wanted.flags,
      found.activations == wanted.activations
    else { throw Trouble(.difference, "the platform is another one:\n\(found)\nundisturbed:\n\(wanted)") }
  }

  private func requireSameBranches(as calm: KillTrial.Outcome) throws {
    let (found, wanted) = (branches, calm.branches)
    for branch in Set(found.keys).union(wanted.keys).sorted() {
      let (here, there) = (found[branch] ?? [], wanted[branch] ?? [])
      // What is not known of a launch keeps what comes after it from beginning.
      guard !isUnconfirmed, here != there else { continue }
      let place =
        zip(here, there).enumerated().first { $0.element.0 != $0.element.1 }?.offset ?? min(here.count, there.count)
      throw Trouble(
        .difference,
        """
        the branch \(branch) has at its effect \(place + 1) of \(here.count) \
        \(place < here.count ? here[place] : "nothing"), undisturbed of \(there.count) \
        \(place < there.count ? there[place] : "nothing")
        """)
    }
  }

  /// The effects of each branch in their order, each by its place, what it meant and the kind of what it came to.
  private var branches: [String: [String]] {
    let spans = Dictionary(uniqueKeysWithValues: spans.map { ($0.number, $0) })
    func branch(_ number: RecordNumber?) -> String {
      var around = number
      while let span = around.flatMap({ spans[$0] }) {
        if span.kind == .branch { return span.path }
        around = span.parent
      }
      return ""
    }
    var found: [String: [RecordedEffect]] = [:]
    for effect in effects { found[branch(effect.span), default: []].append(effect) }
    return found.mapValues { effects in
      // The elements of a list go on beside each other.
      var (words, group): ([String], [String]) = ([], [])
      var statement: String?
      for effect in effects {
        let here = effect.key.path.hasSuffix("]") ? String(effect.key.path.prefix { $0 != "#" }) : effect.key.path
        if here != statement {
          words += group.sorted()
          (statement, group) = (here, [])
        }
        group.append("\(effect.key.path) \(effect.intent.meaning): \(effect.outcome?.kind ?? "open")")
      }
      return words + group.sorted()
    }
  }
}

extension EffectOutcome {
  /// Whether it is a launch's end in something that it surely did not bring about.
  fileprivate var isRejected: Bool {
    guard case .failed(let error) = self else { return false }
    return error.kind != .unconfirmed
  }

  /// What of it is the same whenever it happened.
  fileprivate var kind: String {
    switch self {
    case .ended(let run, _): "ended \(run.status?.name ?? "")"
    case .answer(let answer): "\(answer.isYes)"
    case .failed(let error): "failed \(error.kind)"
    case .done, .printed, .run, .denied, .look, .runs, .moment, .held: words
    }
  }
}

extension EffectIntent {
  /// What it means, whichever run it is of.
  fileprivate var meaning: String {
    switch self {
    case .launch, .awaitNext, .list, .reset, .activation, .wait, .ask, .now, .waitUntil, .turn, .print, .parallel: words
    case .await(_, let operation, _), .check(_, let operation): "\(verb) a run of \(operation)"
    case .mark(_, let operation, let status): "mark a run of \(operation) as \(status.name)"
    }
  }
}
