import DequeModule

/// A bound on how many tasks have a place at once; the others wait, first come, first served.
public final class AsyncSemaphore: Sendable {
  private struct State {
    var free: Int
    /// Who waits, behind those who have been given a place since.
    var line: Deque<Promise<Void>> = []
  }

  private let state: Guarded<State>

  public init(_ places: Int) { state = Guarded(State(free: max(1, places))) }

  /// Waits for a place, which is given back by `signal`; `false` where the task is cancelled first, and has none.
  public func wait() async -> Bool {
    guard !Task.isCancelled else { return false }
    let turn = state.withLock { state -> Promise<Void>? in
      if state.free > 0 {
        state.free -= 1
        return nil
      }
      let turn = Promise<Void>()
      state.line.append(turn)
      return turn
    }
    guard let turn, await turn.value() == nil else { return true }
    let wasInLine = state.withLock { state in
      let index = state.line.firstIndex { $0 === turn }
      if let index { state.line.remove(at: index) }
      return index != nil
    }
    // A place that came together with the cancellation is the next one's.
    if !wasInLine { signal() }
    return false
  }

  /// Gives a place back.
  public func signal() {
    let next = state.withLock { state in
      let next = state.line.popFirst()
      if next == nil { state.free += 1 }
      return next
    }
    next?.fulfill(())
  }

  /// Carries out the body in a place of its own; `nil` where the task is cancelled before it has one.
  public func inside<Result: Sendable>(_ body: () async -> Result) async -> Result? {
    guard await wait() else { return nil }
    defer { signal() }
    return await body()
  }
}
