public import TailerAPI

/// What an execution leaves that somebody may have to see to.
public struct Leftovers: Hashable, Sendable {
  /// Launched, and not seen to have ended.
  public var runs: [Run] = []
  /// Disabled, and not enabled since.
  public var disabled: [DataOperation] = []
  /// Launches of which it is not known whether they happened.
  public var launches: [RecordedEffect] = []
  /// What a `finally` that began did not get to the end of, by its title.
  public var finallies: [String] = []

  public init() {}

  /// What is left besides what was before.
  public func besides(_ before: Leftovers) -> Leftovers {
    var new = self
    new.runs.removeAll { run in before.runs.contains { $0.id == run.id && $0.operation == run.operation } }
    new.disabled.removeAll(where: before.disabled.contains)
    new.launches.removeAll { launch in before.launches.contains { $0.number == launch.number } }
    new.finallies.removeFirst(min(before.finallies.count, new.finallies.count))
    return new
  }
}

extension Leftovers {
  public init(_ effects: [RecordedEffect], _ spans: [Span]) {
    var activations: [DataOperation: (Activation, RecordNumber)] = [:]
    var going: [String: Run] = [:]
    var order: [String] = []
    for effect in effects where effect.standing == .current {
      for run in effect.outcome?.seenRuns ?? [] where run.hasEnded { going[run.id] = nil }
      switch (effect.intent, effect.outcome) {
      case (.activation(let operation, let activation), .done?), (.activation(let operation, let activation), nil):
        // Whether it came to be is not known of one without an outcome: it may be disabled, or not enabled yet.
        guard effect.outcome != nil || activation == .disabled else { continue }
        let number = effect.ended ?? effect.number
        if activations[operation].map({ $0.1 < number }) ?? true { activations[operation] = (activation, number) }
      case (.launch, .run(let run, _, _)?):
        going[run.id] = run
        order.append(run.id)
      case (.launch, _), (.activation, _), (.await, _), (.awaitNext, _), (.check, _), (.list, _), (.mark, _),
        (.reset, _), (.wait, _), (.now, _), (.waitUntil, _), (.turn, _), (.ask, _), (.print, _), (.parallel, _):
        continue
      }
    }
    runs = order.compactMap { going[$0] }
    disabled = activations.filter { $0.value.0 == .disabled }.sorted { $0.value.1 < $1.value.1 }.map(\.key)
    launches = effects.filter { $0.standing == .current && $0.isLaunchInDoubt }
    finallies = spans.filter { $0.kind == .finally && $0.ending != .completed }.map(\.title)
  }
}

extension Record {
  public var leftovers: Leftovers {
    Leftovers(effects { if case .print = $0.intent { false } else { true } }, allSpans)
  }
}
