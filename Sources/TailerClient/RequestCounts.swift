/// What the calls of a client have cost so far.
public struct RequestCounts: Hashable, Codable, Sendable {
  /// Exchanges by the request's `action`, every try counted.
  public private(set) var byAction: [String: Int] = [:]
  /// How many of them were a further try of a call.
  public private(set) var retries = 0

  public init() {}

  public var total: Int { byAction.values.reduce(0, +) }

  mutating func count(_ action: String, isRetry: Bool) {
    byAction[action, default: 0] += 1
    if isRetry { retries += 1 }
  }
}
