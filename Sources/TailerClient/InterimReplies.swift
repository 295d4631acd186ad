import NIOCore
import NIOHTTP1
import NIOHTTP2

/// More interim replies (1xx) to one request than are read.
struct TooManyInterimReplies: Error {
  var words: String { "the server sent more than \(InterimReplies.limit) interim replies (1xx) to one request" }
}

/// Stands behind what reads replies off a connection, and gives one up that sends interim replies without end: they say nothing
/// here, and would keep a core busy until the request's deadline.
final class InterimReplies: ChannelInboundHandler {
  typealias InboundIn = HTTPClientResponsePart
  typealias InboundOut = HTTPClientResponsePart

  /// A server has one or two to send, such as 100 and 103.
  static let limit = 100

  private var count = 0

  /// Puts one into a connection of HTTP/1.1, or into a stream of HTTP/2, behind the library's reader of it.
  static func bound<Reader: ChannelHandler & SendableMetatype>(
    _ channel: any Channel, behind reader: Reader.Type
  ) -> EventLoopFuture<Void> {
    channel.eventLoop.submit {
      let pipeline = channel.pipeline.syncOperations
      try pipeline.addHandler(InterimReplies(), position: .after(pipeline.handler(type: reader)))
    }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if case .head(let head) = unwrapInboundIn(data) {
      count = (100..<200).contains(head.status.code) ? count + 1 : 0
      if count == Self.limit + 1 {
        context.fireErrorCaught(TooManyInterimReplies())
        context.close(promise: nil)
      }
    }
    // What was read together with it is not looked at.
    if count <= Self.limit { context.fireChannelRead(data) }
  }
}
