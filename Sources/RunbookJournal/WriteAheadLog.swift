import RunbookRecord

/// What SQLite's write-ahead log says, read as SQLite reads it when nobody has it open: a header, and frames with one page
/// each, every one of which carries a checksum that goes on from the one before. What stands behind the last commit that these
/// checksums lead to does not count.
///
/// The format is that of https://www.sqlite.org/fileformat2.html#walformat.
struct WriteAheadLog {
  struct Header: Hashable {
    let isBigEndian: Bool
    let pageSize: Int
    /// Which its frames repeat: others are left from before the log was begun again.
    let salts: ArraySlice<UInt8>
    let checksum: LogChecksum

    static let size = 32
    static let saltsOffset = 16
  }

  private static let frameHeaderSize = 24

  let header: Header
  /// How many frames count.
  private(set) var committed = 0
  /// How many pages the journal has with them.
  private(set) var pages = 0
  /// Where in the log the content of a page begins that counts.
  private(set) var offsets: [Int: Int] = [:]
  /// Whether a commit stands behind a place at which the checksums break: they go on there from frame to frame.
  private(set) var hasCommitBehind = false

  /// How long a log with so many frames is, in bytes.
  static func size(frames: Int, pageSize: Int) -> Int { Header.size + frames * (frameHeaderSize + pageSize) }

  /// - Parameter header: By which the frames are judged.
  init(_ file: OpenedFile, header: Header) throws(JournalStoreError) {
    self.header = header
    try scan(file)
  }

  /// By what a damaged head may have said; `nil` where nothing fits.
  init?(guessing file: OpenedFile, pageSize: Int?) throws(JournalStoreError) {
    let head = try file.read(at: 0, count: Header.size)
    let frame = try file.read(at: Header.size, count: 16)
    var best: WriteAheadLog?
    for header in Header.guesses(head, frame: frame, pageSize: pageSize ?? Self.usualPageSize) {
      let log = try WriteAheadLog(file, header: header)
      if log.committed > best?.committed ?? 0 { best = log }
    }
    guard let best else { return nil }
    self = best
  }

  private static let usualPageSize = 4096

  private mutating func scan(_ file: OpenedFile) throws(JournalStoreError) {
    let length = Self.frameHeaderSize + header.pageSize
    var offset = Header.size
    var chain = header.checksum
    var (frames, isBroken) = (0, false)
    var uncommitted: [Int: Int] = [:]
    while true {
      let frame = try file.read(at: offset, count: length)
      guard frame.count == length else { return }
      let stored = LogChecksum(storedIn: frame[16..<24])
      let follows =
        frame[8..<16] == header.salts
        && chain.over(frame[0..<8], header.isBigEndian).over(frame[24...], header.isBigEndian) == stored
      let (page, size) = (frame.number(at: 0), frame.number(at: 4))
      if isBroken {
        hasCommitBehind = follows && size > 0
        if hasCommitBehind { return }
      } else if follows, page > 0 {
        frames += 1
        uncommitted[page] = offset + Self.frameHeaderSize
        if size > 0 {
          offsets.merge(uncommitted) { $1 }
          (committed, pages, uncommitted) = (frames, size, [:])
        }
      } else {
        isBroken = true
      }
      chain = stored
      offset += length
    }
  }
}

extension WriteAheadLog.Header {
  private static let magic = 0x377F_0682
  private static let version = 3_007_000

  /// `nil` where SQLite has not written that.
  init?(_ bytes: [UInt8]) {
    guard bytes.count == Self.size, [Self.magic, Self.magic + 1].contains(bytes.number(at: 0)),
      bytes.number(at: 4) == Self.version, bytes.number(at: 8).isPageSize
    else { return nil }
    self.init(
      isBigEndian: bytes.number(at: 0) == Self.magic + 1, pageSize: bytes.number(at: 8), salts: bytes[16..<24],
      checksum: LogChecksum(storedIn: bytes[24..<32]))
    guard LogChecksum().over(bytes[0..<24], isBigEndian) == checksum else { return nil }
  }

  /// What a damaged one may have said: of its checksum and what that is of, one may be as it was.
  ///
  /// - Parameter frame: The head of the first frame, which repeats some of it.
  static func guesses(_ bytes: [UInt8], frame: [UInt8], pageSize: Int) -> [Self] {
    guard bytes.count == size, frame.count >= 16, pageSize.isPageSize else { return [] }
    return [false, true].flatMap { isBigEndian in
      [LogChecksum(storedIn: bytes[24..<32]), LogChecksum().over(bytes[0..<24], isBigEndian)].map {
        Self(isBigEndian: isBigEndian, pageSize: pageSize, salts: frame[8..<16], checksum: $0)
      }
    }
  }
}

/// The two sums that SQLite's log is guarded by.
struct LogChecksum: Hashable {
  private var first: UInt32 = 0
  private var second: UInt32 = 0

  init() {}

  init(storedIn bytes: ArraySlice<UInt8>) {
    let bytes = Array(bytes)
    first = UInt32(truncatingIfNeeded: bytes.number(at: 0))
    second = UInt32(truncatingIfNeeded: bytes.number(at: 4))
  }

  var words: [Int] { [Int(first), Int(second)] }

  /// The sums that go on over bytes, whose count is a multiple of eight.
  func over(_ bytes: ArraySlice<UInt8>, _ isBigEndian: Bool) -> LogChecksum {
    var sums = self
    bytes.withUnsafeBytes { bytes in
      for start in stride(from: 0, to: bytes.count - 7, by: 8) {
        let words = bytes.loadUnaligned(fromByteOffset: start, as: (UInt32, UInt32).self)
        sums.first &+= (isBigEndian ? words.0.bigEndian : words.0.littleEndian) &+ sums.second
        sums.second &+= (isBigEndian ? words.1.bigEndian : words.1.littleEndian) &+ sums.first
      }
    }
    return sums
  }
}

extension [UInt8] {
  /// The four bytes of a big-endian number; 0 where there are fewer.
  func number(at offset: Int) -> Int {
    guard offset + 4 <= count else { return 0 }
    return self[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
  }
}

extension [UInt8] {
  /// What the head of a database says of its pages; `nil` where that cannot be.
  var pageSize: Int? {
    let stated = number(at: 14) & 0xFFFF
    let size = stated == 1 ? 65536 : stated
    return size.isPageSize ? size : nil
  }
}

extension Int {
  /// Whether SQLite knows pages of that size.
  var isPageSize: Bool { (512...65536).contains(self) && nonzeroBitCount == 1 }
}
