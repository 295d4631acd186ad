import AsyncHTTPClient
import Coordination
import NIOCore
import NIOHTTP1
import TailerAPI

/// A reply that holds more bytes than are read of one.
struct ReplyTooLarge: Error {
  let limit: Int
  var words: String { "the reply has more than \(limit) bytes; a lower `limit` asks for less" }
}

/// Gathers a reply, and knows how far its request has come: the library asks for the body when it is about to write it to a
/// connection and not before, and says when the whole request has been handed to the system.
final class ReplyGatherer: HTTPClientResponseDelegate {
  struct Gathered: Sendable {
    let version: String
    let reply: HTTPReply
  }

  private struct State {
    var wasAskedFor = false
    var hasLeft = false
    var head: HTTPResponseHead?
    var bytes: [UInt8] = []
  }

  private let state = Guarded(State())
  private let body: [UInt8]
  private let largestReply: Int
  private let left: (@Sendable () -> Void)?

  init(sending body: [UInt8], largestReply: Int, left: (@Sendable () -> Void)?) {
    self.body = body
    self.largestReply = largestReply
    self.left = left
  }

  var wasAskedFor: Bool { state.withLock { $0.wasAskedFor } }
  var hasAnswer: Bool { state.withLock { $0.head != nil } }
  var hasLeft: Bool { state.withLock { $0.hasLeft } }

  /// The request's body, which is noticed to be read.
  var witnessedBody: HTTPClient.Body {
    .stream(contentLength: Int64(body.count)) { [state, body] writer in
      state.withLock { $0.wasAskedFor = true }
      return writer.write(.byteBuffer(ByteBuffer(bytes: body)))
    }
  }

  func didSendRequest(task: HTTPClient.Task<Gathered>) {
    state.withLock { $0.hasLeft = true }
    left?()
  }

  func didReceiveHead(task: HTTPClient.Task<Gathered>, _ head: HTTPResponseHead) -> EventLoopFuture<Void> {
    state.withLock { $0.head = head }
    return task.eventLoop.makeSucceededVoidFuture()
  }

  func didReceiveBodyPart(task: HTTPClient.Task<Gathered>, _ buffer: ByteBuffer) -> EventLoopFuture<Void> {
    let isTooLarge = state.withLock { state in
      guard state.bytes.count + buffer.readableBytes <= largestReply else { return true }
      state.bytes += buffer.readableBytesView
      return false
    }
    return isTooLarge
      ? task.eventLoop.makeFailedFuture(ReplyTooLarge(limit: largestReply))
      : task.eventLoop.makeSucceededVoidFuture()
  }

  func didFinishRequest(task: HTTPClient.Task<Gathered>) throws -> Gathered {
    let (head, bytes) = state.withLock { ($0.head, $0.bytes) }
    guard let head else { throw HTTPClientError.remoteConnectionClosed }
    var headers: [String: String] = [:]
    for (name, value) in head.headers {
      headers[name.lowercased(), default: ""] += headers[name.lowercased()] == nil ? value : ", \(value)"
    }
    return Gathered(
      version: "\(head.version)", reply: HTTPReply(status: Int(head.status.code), headers: headers, body: bytes))
  }
}
