import Foundation
import Glibc

/// A network between the program and the server that can vanish: a relay on loopback that passes bytes on, keeps them back,
/// or breaks connections. What is kept back arrives once the network is there again, as it does with TCP.
final class Relay: @unchecked Sendable {
  enum Weather: Sendable {
    case fine
    /// Nothing that the program sends arrives, and no reply.
    case vanished
    /// Requests arrive; replies do not.
    case deaf
    /// Connections break, those that are there and those that are made.
    case breaking
  }

  struct Refused: Error { let what: String }

  let port: UInt16
  private let target: UInt16
  private let listener: Int32
  private let lock = NSCondition()
  // The lock guards what follows.
  private var weather = Weather.fine
  private var change: (words: [UInt8], weather: Weather)?
  private var connections: [Int32: Int32] = [:]
  private var isClosed = false

  /// - Parameter address: The server's, as it prints it.
  init(to address: String) throws {
    guard let port = address.split(separator: ":").last.flatMap({ UInt16($0) }) else { throw Refused(what: address) }
    target = port
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    self.listener = listener
    var place = Self.loopback(0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &place) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, length) == 0 && listen(listener, 64) == 0 && getsockname(listener, $0, &length) == 0
      }
    }
    guard listener >= 0, isBound else { throw Refused(what: "no port") }
    self.port = UInt16(bigEndian: place.sin_port)
    Thread.detachNewThread { self.accept() }
  }

  var address: String { "http://127.0.0.1:\(port)" }

  func set(_ weather: Weather) {
    lock.withLock {
      self.weather = weather
      if case .breaking = weather { breakAll() }
      lock.broadcast()
    }
  }

  /// The weather from the moment on in which the program sends these words for the first time, which are not passed on yet.
  func set(_ weather: Weather, when words: String) {
    lock.withLock { change = (Array(words.utf8), weather) }
  }

  /// Whether the words have been sent that were waited for.
  var hasChanged: Bool { lock.withLock { change == nil } }

  func close() {
    lock.withLock {
      isClosed = true
      breakAll()
      lock.broadcast()
    }
    shutdown(listener, Int32(SHUT_RDWR))
    Glibc.close(listener)
  }

  // MARK: Bytes

  private static func loopback(_ port: UInt16) -> sockaddr_in {
    var place = sockaddr_in()
    place.sin_family = sa_family_t(AF_INET)
    place.sin_port = port.bigEndian
    place.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return place
  }

  private func accept() {
    while true {
      let client = Glibc.accept(listener, nil, nil)
      guard client >= 0 else { return }
      guard let server = connect() else {
        reset(client)
        continue
      }
      let isWelcome = lock.withLock {
        if isClosed { return false }
        if case .breaking = weather { return false }
        connections[client] = server
        return true
      }
      guard isWelcome else {
        reset(client)
        reset(server)
        continue
      }
      Thread.detachNewThread { self.pass(from: client, to: server, isRequest: true) }
      Thread.detachNewThread { self.pass(from: server, to: client, isRequest: false) }
    }
  }

  private func connect() -> Int32? {
    let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard server >= 0 else { return nil }
    var place = Self.loopback(target)
    let isConnected = withUnsafePointer(to: &place) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(server, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
    if isConnected { return server }
    Glibc.close(server)
    return nil
  }

  private func pass(from source: Int32, to sink: Int32, isRequest: Bool) {
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    var seen: [UInt8] = []
    while true {
      let count = recv(source, &chunk, chunk.count, 0)
      guard count > 0 else { break }
      if isRequest {
        seen = seen.suffix(256) + chunk[0..<count]
        turn(seen)
      }
      guard holdBack(isRequest: isRequest) else { return }
      var sent = 0
      while sent < count {
        let written = chunk.withUnsafeBytes {
          send(sink, $0.baseAddress?.advanced(by: sent), count - sent, Int32(MSG_NOSIGNAL))
        }
        guard written > 0 else { break }
        sent += written
      }
    }
    guard holdBack(isRequest: isRequest) else { return }
    shutdown(sink, Int32(SHUT_WR))
  }

  /// Changes the weather where the words have been sent that it changes with.
  private func turn(_ seen: [UInt8]) {
    lock.withLock {
      guard let change, Data(seen).range(of: Data(change.words)) != nil else { return }
      self.change = nil
      weather = change.weather
      if case .breaking = weather { breakAll() }
      lock.broadcast()
    }
  }

  /// Waits until bytes may pass; whether they still may.
  private func holdBack(isRequest: Bool) -> Bool {
    lock.withLock {
      while !isClosed {
        switch weather {
        case .fine: return true
        case .deaf where isRequest: return true
        case .breaking: return false
        case .deaf, .vanished: lock.wait()
        }
      }
      return false
    }
  }

  /// Under the lock. The sockets' numbers stay taken until the relay goes, so that none is used again for another.
  private func breakAll() {
    for (client, server) in connections {
      reset(client)
      reset(server)
    }
    connections = [:]
  }

  /// Ends a connection as a broken one ends: at once, and with what was under way lost.
  private func reset(_ descriptor: Int32) {
    var nowhere = sockaddr()
    nowhere.sa_family = sa_family_t(AF_UNSPEC)
    _ = Glibc.connect(descriptor, &nowhere, socklen_t(MemoryLayout<sockaddr>.size))
  }
}
