import Coordination
import HummingbirdCore
import Logging
import NIOCore

/// The connections of a server that are open. A peer that says nothing would keep a server from ending for as long as
/// it likes, so they can be closed together.
final class OpenConnections: Sendable {
  private struct State {
    var channels: [ObjectIdentifier: any Channel] = [:]
    var isClosed = false
  }

  private let state = Guarded(State())

  func add(_ channel: any Channel) {
    let isClosed = state.withLock {
      if !$0.isClosed { $0.channels[ObjectIdentifier(channel)] = channel }
      return $0.isClosed
    }
    if isClosed { channel.close(promise: nil) }
    channel.closeFuture.whenComplete { [self] _ in
      state.withLock { _ = $0.channels.removeValue(forKey: ObjectIdentifier(channel)) }
    }
  }

  /// Closes them all, and those that are still to come.
  func close() {
    let channels = state.withLock {
      $0.isClosed = true
      return Array($0.channels.values)
    }
    for channel in channels { channel.close(promise: nil) }
  }
}

/// A kind of connection whose instances are remembered while they are open.
struct TrackedChannel<Base: ServerChildChannel>: ServerChildChannel {
  let base: Base
  let connections: OpenConnections

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Base.Value> {
    connections.add(channel)
    return base.setup(channel: channel, logger: logger)
  }

  func handle(value: Base.Value, logger: Logger) async { await base.handle(value: value, logger: logger) }
}
