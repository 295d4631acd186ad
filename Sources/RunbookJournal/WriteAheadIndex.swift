/// What SQLite's index of the log says of it. A process that was killed leaves it behind as it was, so that it bears witness of
/// what has been committed; after the system has started anew it says nothing, for it is never made durable.
///
/// The format is that of https://www.sqlite.org/walformat.html#the_wal_index_header.
struct WriteAheadIndex: Hashable {
  /// How many frames of the log count.
  let frames: Int
  /// How many of them the main file has.
  let copied: Int
  let salts: ArraySlice<UInt8>
  let pageSize: Int

  static let size = 136

  /// The least that the index's file has, in bytes, while somebody has it open.
  static let leastFileSize = 32_768

  /// How long the log is at least, in bytes.
  var logSize: Int { frames == 0 ? 0 : WriteAheadLog.size(frames: frames, pageSize: pageSize) }

  init(frames: Int, copied: Int, salts: ArraySlice<UInt8>, pageSize: Int) {
    (self.frames, self.copied, self.salts, self.pageSize) = (frames, copied, salts, pageSize)
  }

  /// `nil` where it says nothing, or was being changed.
  init?(_ bytes: [UInt8]) {
    guard bytes.count >= Self.size, bytes[0..<48] == bytes[48..<96], bytes[12] == 1 else { return nil }
    let word = { offset in
      bytes.withUnsafeBytes { Int($0.loadUnaligned(fromByteOffset: offset, as: UInt32.self)) }
    }
    let isBigEndian = Int(bigEndian: 1) == 1
    guard LogChecksum().over(bytes[0..<40], isBigEndian).words == [word(40), word(44)] else { return nil }
    (frames, copied, salts) = (word(16), word(96), bytes[32..<40])
    let half = bytes.withUnsafeBytes { Int($0.loadUnaligned(fromByteOffset: 14, as: UInt16.self)) }
    pageSize = half & 0xfe00 + (half & 1) << 16
  }
}
