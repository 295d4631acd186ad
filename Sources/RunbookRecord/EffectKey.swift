/// The identity of one effect in an execution: where it stands in the tree, with loop positions and attempts, and a
/// hash of the words it was read from. It is the same whenever the same runbook is evaluated again.
public struct EffectKey: Hashable, Codable, Sendable {
  /// Statement positions from the top, `3.0[2].1#0`: block positions after dots, loop positions in brackets, calls in
  /// parentheses, the effect's ordinal in its statement after `#`.
  public let path: String
  /// Of the statement's or expression's text.
  public let textHash: TextHash

  public init(path: String, textHash: TextHash) {
    self.path = path
    self.textHash = textHash
  }
}

/// FNV-1a of a text with 64 bits, written as 16 hexadecimal digits. It tells an edited statement from an unedited one; it
/// protects nothing.
public struct TextHash: Hashable, Sendable, LosslessStringConvertible {
  private let value: UInt64

  public init(of bytes: ArraySlice<UInt8>) {
    var state: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in bytes { state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    value = state
  }

  public init(of text: String) { self.init(of: ArraySlice(text.utf8)) }

  public init?(_ description: String) {
    guard description.utf8.count == 16, let value = UInt64(description, radix: 16) else { return nil }
    self.value = value
  }

  public var description: String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

extension TextHash: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let hash = TextHash(try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a hash of a text")
    }
    self = hash
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
