/// The identity of one effect in an execution: where it stands in the tree, with loop positions and attempts, and a
/// hash of the words it was read from. It is the same whenever the same runbook is evaluated again.
public struct EffectKey: Hashable, Codable, Sendable {
  /// Statement positions from the top, `3.0[2].1#0`: block positions after dots, loop positions in brackets, calls in
  /// parentheses, the effect's ordinal in its statement after `#`.
  public let path: String
  /// FNV-1a of the statement's or expression's text, as 16 hexadecimal digits.
  public let textHash: String

  public init(path: String, textHash: String) {
    self.path = path
    self.textHash = textHash
  }

  /// FNV-1a with 64 bits, in hexadecimal. It tells an edited statement from an unedited one; it protects nothing.
  public static func hash(_ bytes: some Sequence<UInt8>) -> String {
    var state: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in bytes { state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    let digits = String(state, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
