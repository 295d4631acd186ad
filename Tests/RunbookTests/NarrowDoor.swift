import Foundation
import Glibc

/// A way to the server that lets one exchange through, and then no connection until it is opened: what connects waits, with
/// nothing of its request sent, as where packets are lost.
final class NarrowDoor: @unchecked Sendable {
  struct Refused: Error { let what: String }

  let port: UInt16
  private let target: UInt16
  private let listener: Int32
  private let lock = NSCondition()
  // The lock guards what follows.
  private var isOpen = false
  private var fillers: [Int32] = []

  /// - Parameter address: The server's, as it prints it.
  init(to address: String) throws {
    guard let port = address.split(separator: ":").last.flatMap({ UInt16($0) }) else { throw Refused(what: address) }
    target = port
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var place = Self.loopback(0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let listener = listener
    let isBound = withUnsafeMutablePointer(to: &place) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, length) == 0 && listen(listener, 0) == 0 && getsockname(listener, $0, &length) == 0
      }
    }
    guard listener >= 0, isBound else { throw Refused(what: "no port") }
    self.port = UInt16(bigEndian: place.sin_port)
    Thread.detachNewThread { self.serve() }
  }

  var address: String { "http://127.0.0.1:\(port)" }

  /// Whether somebody stands before the closed door: a connection has been begun and is not there yet.
  var isKnockedAt: Bool {
    let remote = String(format: "0100007F:%04X", port)
    let connecting = "02"
    let own = lock.withLock { fillers }.compactMap(Self.localPort).map { String(format: "0100007F:%04X", $0) }
    return Self.connections.split(separator: "\n").contains { line in
      let fields = line.split(separator: " ").map(String.init)
      return fields.count > 3 && fields[2] == remote && fields[3] == connecting && !own.contains(fields[1])
    }
  }

  /// The system's table of connections. It comes in pieces, of which Foundation takes the first for the whole.
  private static var connections: String {
    let table = Glibc.open("/proc/net/tcp", O_RDONLY)
    defer { Glibc.close(table) }
    var text: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(table, &chunk, chunk.count)
      guard count > 0 else { return String(decoding: text, as: UTF8.self) }
      text += chunk[0..<count]
    }
  }

  func open() {
    lock.withLock {
      isOpen = true
      for filler in fillers { Glibc.close(filler) }
      fillers = []
      lock.broadcast()
    }
  }

  // MARK: Bytes

  private static func loopback(_ port: UInt16) -> sockaddr_in {
    var place = sockaddr_in()
    place.sin_family = sa_family_t(AF_INET)
    place.sin_port = port.bigEndian
    place.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return place
  }

  private static func localPort(_ descriptor: Int32) -> UInt16? {
    var place = sockaddr_in()
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isKnown = withUnsafeMutablePointer(to: &place) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) == 0 }
    }
    return isKnown ? UInt16(bigEndian: place.sin_port) : nil
  }

  private static func connect(to port: UInt16, waits: Bool = true) -> Int32 {
    let type = Int32(SOCK_STREAM.rawValue) | (waits ? 0 : Int32(SOCK_NONBLOCK.rawValue))
    let descriptor = socket(AF_INET, type, 0)
    var place = loopback(port)
    _ = withUnsafePointer(to: &place) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    return descriptor
  }

  private func serve() {
    let first = accept(listener, nil, nil)
    guard first >= 0 else { return }
    // The system takes as many connections as it keeps for who does not accept, and drops the rest.
    let places = 8
    lock.withLock { fillers = (0..<places).map { _ in Self.connect(to: port, waits: false) } }
    exchangeOnce(first)
    lock.withLock { while !isOpen { lock.wait() } }
    while true {
      let client = accept(listener, nil, nil)
      guard client >= 0 else { return }
      Thread.detachNewThread {
        let server = Self.connect(to: self.target)
        Thread.detachNewThread { Self.pass(from: server, to: client) }
        Self.pass(from: client, to: server)
      }
    }
  }

  /// Passes a request on and its reply back, which says that the connection ends with it.
  private func exchangeOnce(_ client: Int32) {
    let server = Self.connect(to: target)
    Thread.detachNewThread { Self.pass(from: client, to: server) }
    var reply: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    let end = Data("\r\n\r\n".utf8)
    while Data(reply).range(of: end) == nil || Self.isShort(reply) {
      let count = recv(server, &chunk, chunk.count, 0)
      guard count > 0 else { break }
      reply += chunk[0..<count]
    }
    let text = String(decoding: reply, as: UTF8.self)
    let ending = text.replacingOccurrences(of: "\r\n\r\n", with: "\r\nconnection: close\r\n\r\n")
    _ = ending.withCString { send(client, $0, strlen($0), Int32(MSG_NOSIGNAL)) }
    shutdown(client, Int32(SHUT_RDWR))
    shutdown(server, Int32(SHUT_RDWR))
  }

  /// Whether a reply with a whole head lacks some of its body.
  private static func isShort(_ reply: [UInt8]) -> Bool {
    let parts = String(decoding: reply, as: UTF8.self).components(separatedBy: "\r\n\r\n")
    let length = parts[0].lowercased().split(separator: "\r\n").first { $0.hasPrefix("content-length:") }
    let wanted = length.flatMap { Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces)) } ?? 0
    return parts.dropFirst().joined().utf8.count < wanted
  }

  private static func pass(from source: Int32, to sink: Int32) {
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = recv(source, &chunk, chunk.count, 0)
      guard count > 0, send(sink, &chunk, count, Int32(MSG_NOSIGNAL)) == count else { break }
    }
    shutdown(sink, Int32(SHUT_WR))
  }
}
