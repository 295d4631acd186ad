/// How many requests went out.
public struct RequestCounts: Hashable, Codable, Sendable {
  /// Exchanges by the request's `action`, every try counted.
  public private(set) var byAction: [String: Int] = [:]
  /// How many of them were a further try of a call.
  public private(set) var retries = 0

  public init() {}

  public var total: Int { byAction.values.reduce(0) { $0.addingClamped($1) } }

  public mutating func count(_ action: String, isRetry: Bool) {
    byAction[action, default: 0] += 1
    if isRetry { retries += 1 }
  }

  /// With those of another time.
  public func adding(_ other: RequestCounts) -> RequestCounts {
    var sum = self
    sum.byAction.merge(other.byAction, uniquingKeysWith: { $0.addingClamped($1) })
    sum.retries = sum.retries.addingClamped(other.retries)
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

extension Int {
  /// The sum, or the largest number where it would be larger: counts are read back from files, which may say anything.
  public func addingClamped(_ other: Int) -> Int {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? (other > 0 ? .max : .min) : sum
  }
}
