import NIOConcurrencyHelpers

/// A bound on how many exchanges go on at once; the others wait their turn, first come, first served.
final class RequestWindow: Sendable {
  private struct State {
    var free: Int
    var line: ArraySlice<OneShot<Void>> = []
  }

  private let state: NIOLockedValueBox<State>

  init(_ size: Int) {
    state = NIOLockedValueBox(State(free: max(1, size)))
  }

  /// Carries out the body in a place of its own; `nil` if the task is cancelled before it has one.
  func inside<Result: Sendable>(_ body: () async -> Result) async -> Result? {
    guard await enter() else { return nil }
    let result = await body()
    leave()
    return result
  }

  private func enter() async -> Bool {
    guard !Task.isCancelled else { return false }
    let turn = state.withLockedValue { state -> OneShot<Void>? in
      if state.free > 0 {
        state.free -= 1
        return nil
      }
      let turn = OneShot<Void>()
      state.line.append(turn)
      return turn
    }
    guard let turn else { return true }
    return await turn.value() != nil
  }

  private func leave() {
    state.withLockedValue { state in
      while let next = state.line.popFirst() {
        if next.bring(()) { return }
      }
      state.free += 1
    }
  }
}
