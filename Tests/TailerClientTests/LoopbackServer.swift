import Coordination
import NIOCore
import NIOPosix

/// A server on loopback that does one thing with each connection, and counts what it was sent.
final class LoopbackServer: Sendable {
  enum Behaviour: Sendable {
    case closeAtOnce
    /// Reads a whole request, then closes without a word.
    case readThenClose
    /// Reads and never answers.
    case stall
    /// Writes this after each whole request.
    case answer(String)
    /// Writes this after a whole request, then closes.
    case answerThenClose(String)
  }

  static let launched = "HTTP/1.1 200 OK\r\ncontent-length: 15\r\n\r\n{\"run_id\":\"r1\"}"

  let port: Int
  private let channel: any Channel
  private let state: Guarded<State>

  private struct State {
    var requests = 0
    var connections = 0
    var onRequest: (@Sendable () -> Void)?
  }

  /// Whole requests that have arrived.
  var requests: Int { state.withLock { $0.requests } }
  var connections: Int { state.withLock { $0.connections } }

  init(_ behaviour: Behaviour, onRequest: (@Sendable () -> Void)? = nil) async throws {
    let state = Guarded(State(onRequest: onRequest))
    self.state = state
    channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .childChannelInitializer { channel in
        state.withLock { $0.connections += 1 }
        return channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(Handler(behaviour, state))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    port = channel.localAddress?.port ?? 0
  }

  func stop() async { try? await channel.close() }

  private final class Handler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let behaviour: Behaviour
    private let state: Guarded<State>
    private var received: [UInt8] = []

    init(_ behaviour: Behaviour, _ state: Guarded<State>) {
      self.behaviour = behaviour
      self.state = state
    }

    func channelActive(context: ChannelHandlerContext) {
      if case .closeAtOnce = behaviour { context.close(promise: nil) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      received += Array(unwrapInboundIn(data).readableBytesView)
      while takeRequest() {
        let heard = state.withLock { state in
          state.requests += 1
          return state.onRequest
        }
        switch behaviour {
        case .closeAtOnce, .stall: break
        case .readThenClose: context.close(promise: nil)
        case .answer(let text): write(text, context)
        case .answerThenClose(let text):
          write(text, context)
          context.close(promise: nil)
        }
        heard?()
      }
    }

    private func write(_ text: String, _ context: ChannelHandlerContext) {
      context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
    }

    /// Takes a whole request off what has arrived.
    private func takeRequest() -> Bool {
      let text = String(decoding: received, as: UTF8.self)
      guard let head = text.firstRange(of: "\r\n\r\n") else { return false }
      let lines = text[..<head.lowerBound].lowercased().split(separator: "\r\n")
      let length = lines.first { $0.hasPrefix("content-length:") }.flatMap { Int($0.dropFirst(15).filter(\.isNumber)) }
      let whole = text[..<head.upperBound].utf8.count + (length ?? 0)
      guard received.count >= whole else { return false }
      received.removeFirst(whole)
      return true
    }
  }
}
