/// How many requests went out.
public struct RequestCounts: Hashable, Codable, Sendable {
  /// Exchanges by the request's `action`, every try counted.
  public private(set) var byAction: [String: Int] = [:]
  /// How many of them were a further try of a call.
  public private(set) var retries = 0

  public init() {}

  public var total: Int { byAction.values.reduce(0, +) }

  public mutating func count(_ action: String, isRetry: Bool) {
    byAction[action, default: 0] += 1
    if isRetry { retries += 1 }
  }

  /// With those of another time.
  public func adding(_ other: RequestCounts) -> RequestCounts {
    var sum = self
    sum.byAction.merge(other.byAction, uniquingKeysWith: +)
    sum.retries += other.retries
    return sum
  }

  /// Those since an earlier count of the same client.
  public func since(_ earlier: RequestCounts) -> RequestCounts {
    var rest = self
    for (action, count) in earlier.byAction {
      rest.byAction[action] = byAction[action].flatMap { $0 > count ? $0 - count : nil }
    }
    rest.retries = max(0, retries - earlier.retries)
    return rest
  }
}
