public import CivilTime
public import Coordination

extension Promise {
  /// The value, where it is there by that moment and the task is not cancelled first.
  public func value(by limit: Timestamp, on clock: any WallClock) async -> Value? {
    await withTaskGroup(of: Value?.self) { group in
      group.addTask { await self.value() }
      group.addTask {
        try? await clock.sleep(until: limit)
        return nil
      }
      defer { group.cancelAll() }
      return await group.next() ?? nil
    }
  }
}
