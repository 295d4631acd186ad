import Coordination

/// Where waits that were begun together tell what becomes of them. One task takes their outcomes as they come, so that a
/// wait costs no task of its own: thousands go on at once.
public final class WatchInbox: Sendable {
  /// The outcome of one wait, with the wait's place among those that were begun with it.
  public struct Arrival: Sendable {
    public let index: Int
    public let outcome: WatchOutcome
  }

  private struct State {
    var arrived: [Arrival] = []
    var isClosed = false
    /// Kept when something arrives or the inbox is closed, where that is waited for.
    var news: Promise<Void>?
  }

  private let state = Guarded(State())
  private let listener: @Sendable (WatchNews, Int) -> Void

  /// - Parameter listener: Told what shows while the waits go on, and of which by its place. Must not block.
  public init(hearing listener: @escaping @Sendable (WatchNews, Int) -> Void) { self.listener = listener }

  /// What has arrived since the last time, as soon as there is something; nothing where the inbox is closed, which the
  /// task's cancellation does too. To be called by one task.
  public func next() async -> [Arrival] {
    let news = state.withLock { state in
      if !state.isClosed, state.arrived.isEmpty { state.news = Promise() }
      return state.news
    }
    if let news, await news.value() == nil { close() }
    return state.withLock { state in
      defer { state.arrived = [] }
      return state.arrived
    }
  }

  /// Ends the waiting for what is still to come. What arrives all the same is kept.
  public func close() {
    state.withLock { state in
      state.isClosed = true
      return state.news.take()
    }?.fulfill(())
  }

  /// For the watcher: tells news of the wait at that place.
  public func hear(_ news: WatchNews, of index: Int) { listener(news, index) }

  /// For the watcher: brings the outcome of the wait at that place, once.
  public func bring(_ outcome: WatchOutcome, of index: Int) {
    state.withLock { state in
      state.arrived.append(Arrival(index: index, outcome: outcome))
      return state.news.take()
    }?.fulfill(())
  }
}
