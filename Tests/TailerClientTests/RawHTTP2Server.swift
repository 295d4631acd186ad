import Coordination
import NIOCore
import NIOPosix
import NIOSSL

/// A server that speaks HTTP/2 frame by frame, to say what no library says: it answers each whole request with the frames
/// of its behaviour, and counts requests.
final class RawHTTP2Server: Sendable {
  enum Behaviour: Sendable {
    /// RST_STREAM with an error code of RFC 9113, section 7.
    case resetStream(code: UInt32)
    /// GOAWAY with the last stream that was, or may be, processed.
    case goAway(lastStream: UInt32)
    /// So many interim replies, and 200 without a body behind them.
    case interim(count: Int)
  }

  let port: Int
  private let channel: any Channel
  private let count: Guarded<Int>

  /// Whole requests that have arrived.
  var requests: Int { count.withLock { $0 } }

  init(_ behaviour: Behaviour, chain: String, privateKey: String) async throws {
    let count = Guarded(0)
    self.count = count
    var tls = TLSConfiguration.makeServerConfiguration(
      certificateChain: try NIOSSLCertificate.fromPEMFile(chain).map { .certificate($0) },
      privateKey: .privateKey(try NIOSSLPrivateKey(file: privateKey, format: .pem)))
    tls.applicationProtocols = ["h2"]
    let context = try NIOSSLContext(configuration: tls)
    channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
          try channel.pipeline.syncOperations.addHandler(Handler(behaviour, count))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    port = channel.localAddress?.port ?? 0
  }

  func stop() async { try? await channel.close() }

  private final class Handler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private static let preface = 24
    private static let headers: UInt8 = 1
    private static let data: UInt8 = 0
    private static let settings: UInt8 = 4

    private let behaviour: Behaviour
    private let count: Guarded<Int>
    private var received: [UInt8] = []
    private var hasGreeted = false

    init(_ behaviour: Behaviour, _ count: Guarded<Int>) {
      self.behaviour = behaviour
      self.count = count
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      received += Array(unwrapInboundIn(data).readableBytesView)
      if !hasGreeted {
        guard received.count >= Self.preface else { return }
        received.removeFirst(Self.preface)
        hasGreeted = true
        write(frame(Self.settings, flags: 0, stream: 0, []), context)
      }
      while received.count >= 9 {
        let length = Int(received[0]) << 16 | Int(received[1]) << 8 | Int(received[2])
        guard received.count >= 9 + length else { return }
        let (type, flags) = (received[3], received[4])
        let stream = received[5..<9].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        received.removeFirst(9 + length)
        let isWhole = (type == Self.headers || type == Self.data) && flags & 1 == 1
        if type == Self.settings, flags & 1 == 0 { write(frame(Self.settings, flags: 1, stream: 0, []), context) }
        if isWhole { answer(stream, context) }
      }
    }

    private func answer(_ stream: UInt32, _ context: ChannelHandlerContext) {
      count.withLock { $0 += 1 }
      switch behaviour {
      case .resetStream(let code): write(frame(3, flags: 0, stream: stream, bytes(code)), context)
      case .goAway(let last):
        write(frame(7, flags: 0, stream: 0, bytes(last) + bytes(0)), context)
        context.close(promise: nil)
      case .interim(let count):
        // HPACK: `:status` by its index in the static table, with a value of its own.
        let early = frame(Self.headers, flags: 4, stream: stream, [0x08, 3] + Array("103".utf8))
        let final = frame(Self.headers, flags: 5, stream: stream, [0x88])
        write(Array(repeatElement(early, count: count).joined()) + final, context)
      }
    }

    private func bytes(_ number: UInt32) -> [UInt8] {
      [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> UInt32($0)) }
    }

    private func frame(_ type: UInt8, flags: UInt8, stream: UInt32, _ payload: [UInt8]) -> [UInt8] {
      Array(bytes(UInt32(payload.count)).dropFirst()) + [type, flags] + bytes(stream) + payload
    }

    private func write(_ bytes: [UInt8], _ context: ChannelHandlerContext) {
      context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
    }
  }
}
