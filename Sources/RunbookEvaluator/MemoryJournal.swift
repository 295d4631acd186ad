public import TailerAPI

/// A journal that lives as long as the process: for rehearsals, where nothing real is launched, and for tests.
public actor MemoryJournal: Journal {
  private var records: [String: EffectRecord] = [:]
  private var owners: [String: EffectKey] = [:]
  private var launching: [DataOperation: EffectKey] = [:]
  private var waiting: [DataOperation: [(key: EffectKey, continuation: CheckedContinuation<Void, Never>)]] = [:]
  public private(set) var isOver = false

  public init() {}

  public func record(of key: EffectKey) -> EffectRecord? { records[key.path] }

  public func intend(_ intent: EffectIntent, at key: EffectKey) {
    records[key.path] = EffectRecord(intent: intent, outcome: nil, textHash: key.textHash)
  }

  public func finish(_ intent: EffectIntent, _ outcome: EffectOutcome, at key: EffectKey, isLight: Bool) {
    let known = records[key.path]?.intent ?? intent
    records[key.path] = EffectRecord(intent: known, outcome: outcome, textHash: key.textHash)
    if case .launch = known, case .run(let run, _) = outcome, owners[ownerKey(run)] == nil {
      owners[ownerKey(run)] = key
    }
  }

  public func claim(_ run: Run, for key: EffectKey) -> Bool {
    if let owner = owners[ownerKey(run)] { return owner == key }
    owners[ownerKey(run)] = key
    return true
  }

  public func ownedRuns(of operation: DataOperation) -> Set<String> {
    let prefix = "\(operation)\u{1F}"
    return Set(owners.keys.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) })
  }

  private func ownerKey(_ run: Run) -> String { "\(run.operation)\u{1F}\(run.id)" }

  public func lockLaunches(of operation: DataOperation, for key: EffectKey) async throws(JournalError) {
    guard launching[operation] != nil else {
      launching[operation] = key
      return
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        if Task.isCancelled { return continuation.resume() }
        waiting[operation, default: []].append((key, continuation))
      }
    } onCancel: {
      Task { await self.giveUp(operation, key) }
    }
    guard launching[operation] == key else { throw .cancelled }
  }

  private func giveUp(_ operation: DataOperation, _ key: EffectKey) {
    guard let index = waiting[operation]?.firstIndex(where: { $0.key == key }) else { return }
    waiting[operation]?.remove(at: index).continuation.resume()
  }

  public func unlockLaunches(of operation: DataOperation, for key: EffectKey) {
    guard launching[operation] == key else { return }
    launching[operation] = nil
    guard waiting[operation]?.isEmpty == false, let next = waiting[operation]?.removeFirst() else { return }
    launching[operation] = next.key
    next.continuation.resume()
  }

  public func endForGood() { isOver = true }
}
