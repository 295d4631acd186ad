public import CivilTime
import Coordination
import RunbookSyntax
public import TailerAPI

/// A journal that lives as long as the process: for rehearsals, where nothing real is launched, and for tests.
public actor MemoryJournal: HeldJournal {
  public nonisolated let executionID: String
  private var records: [String: EffectRecord] = [:]
  private var order: [String] = []
  private var owners: [String: EffectKey] = [:]
  /// One launch of an operation at a time is between its intent and its outcome.
  private var turns: [DataOperation: AsyncSemaphore] = [:]
  private var launching: [DataOperation: EffectKey] = [:]
  public private(set) var isOver = false

  public private(set) var ending: ExecutionEnd?
  /// What `reopen` has changed.
  private var formerly: (records: [String: EffectRecord], ending: ExecutionEnd?)?
  public private(set) var earlierCost: ExecutionCost?

  public init(executionID: String = "memory") { self.executionID = executionID }

  public func end(_ end: ExecutionEnd) { ending = end }

  /// The header since another text was accepted.
  public private(set) var accepted: ExecutionHeader?

  public func accept(_ header: ExecutionHeader, rewording keys: [EffectKey], settingAside paths: [String]) {
    accepted = header
    for path in paths {
      guard let number = order.firstIndex(of: path), let record = records.removeValue(forKey: path) else { continue }
      let key = EffectKey(path: path, textHash: record.textHash).setAside(Int64(number))
      order[number] = key.path
      records[key.path] = record
    }
    for key in keys {
      guard let record = records[key.path] else { continue }
      records[key.path] = EffectRecord(intent: record.intent, outcome: record.outcome, textHash: key.textHash)
    }
  }

  public func giveBack() {
    if let formerly { (records, ending) = formerly }
    formerly = nil
  }

  /// Makes the effects that an ending came from be done anew: a launch that is unconfirmed keeps its intent, and so is
  /// looked for again, unless it is to be launched again.
  public func reopen(_ origins: [EffectKey], launchingAgain: Bool = false) {
    formerly = (records, ending)
    for key in origins {
      guard let record = records[key.path] else { continue }
      if !launchingAgain, case .launch = record.intent, case .failed(let error)? = record.outcome,
        error.kind == .unconfirmed
      {
        records[key.path] = EffectRecord(intent: record.intent, outcome: nil, textHash: record.textHash)
      } else {
        records[key.path] = nil
      }
    }
    earlierCost = ending?.cost
    ending = nil
  }

  public func record(of key: EffectKey) -> EffectRecord? { records[key.path] }

  public func initialRecords() -> [(key: EffectKey, record: EffectRecord)] {
    order.compactMap { path in records[path].map { (EffectKey(path: path, textHash: $0.textHash), $0) } }
  }

  public func intend(_ intent: EffectIntent, at key: EffectKey) {
    if records[key.path] == nil { order.append(key.path) }
    records[key.path] = EffectRecord(intent: intent, outcome: nil, textHash: key.textHash)
  }

  public func finish(_ intent: EffectIntent, _ outcome: EffectOutcome, at key: EffectKey, isLight: Bool) {
    if records[key.path] == nil { order.append(key.path) }
    let known = records[key.path]?.intent ?? intent
    records[key.path] = EffectRecord(intent: known, outcome: outcome, textHash: key.textHash)
    if case .launch = known, case .run(let run, _) = outcome, owners[ownerKey(run)] == nil {
      owners[ownerKey(run)] = key
    }
  }

  public func claim(_ run: Run, for key: EffectKey) -> Bool {
    if let owner = owners[ownerKey(run)], owner != key { return false }
    owners[ownerKey(run)] = key
    if let record = records[key.path], record.outcome == nil {
      records[key.path] = EffectRecord(
        intent: record.intent, outcome: .run(run, adopted: true), textHash: record.textHash)
    }
    return true
  }

  public func owner(of run: Run) -> RunOwner? {
    owners[ownerKey(run)].map { RunOwner(executionID: executionID, path: $0.path) }
  }

  public func openLaunches(of operation: DataOperation, besides key: EffectKey) -> [Timestamp] {
    records.compactMap { path, record in
      guard path != key.path, record.isOpen, case .launch(operation, _, _, let moment) = record.intent else {
        return nil
      }
      return moment
    }
  }

  public func ownedRuns(of operation: DataOperation) -> Set<String> {
    let prefix = "\(operation)\u{1F}"
    return Set(owners.keys.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) })
  }

  private func ownerKey(_ run: Run) -> String { "\(run.operation)\u{1F}\(run.id)" }

  public func lockLaunches(of operation: DataOperation, for key: EffectKey) async throws(JournalError) {
    let turn = turns[operation] ?? AsyncSemaphore(1)
    turns[operation] = turn
    guard await turn.wait() else { throw .cancelled }
    launching[operation] = key
  }

  public func unlockLaunches(of operation: DataOperation, for key: EffectKey) {
    guard launching[operation] == key else { return }
    launching[operation] = nil
    turns[operation]?.signal()
  }

  public func endForGood() { isOver = true }
}
