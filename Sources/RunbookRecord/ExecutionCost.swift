public import CivilTime
public import TailerAPI

/// What an execution has cost the service, and how promptly it noticed what it waited for.
public struct ExecutionCost: Hashable, Codable, Sendable {
  /// How long after their ends runs were noticed, of those whose ends the service tells.
  public struct Noticing: Hashable, Codable, Sendable {
    public let median: TimeSpan
    /// The 95th percentile.
    public let late: TimeSpan
    public let latest: TimeSpan
  }

  public let requests: RequestCounts
  /// Awaits that are over, however they ended.
  public let awaits: Int
  /// The looks of all awaits; one look may count for many of them.
  public let looks: Int
  /// `nil` where no end was noticed.
  public let noticing: Noticing?
  /// Whether the requests are missing of a process that was killed, which could not record them.
  public var lacksKilled: Bool?

  public init(requests: RequestCounts = RequestCounts(), awaits costs: [WatchCost] = [], lacksKilled: Bool = false) {
    self.requests = requests
    self.lacksKilled = lacksKilled ? true : nil
    awaits = costs.count
    looks = costs.reduce(0) { $0.addingClamped($1.looks) }
    let delays = costs.compactMap(\.noticedAfter).sorted()
    guard let latest = delays.last else {
      noticing = nil
      return
    }
    func quantile(_ share: Double) -> TimeSpan { delays[Int(share * Double(delays.count - 1) + 0.5)] }
    noticing = Noticing(median: quantile(0.5), late: quantile(0.95), latest: latest)
  }

  /// The same with further requests, where nothing more was awaited.
  public func adding(_ requests: RequestCounts) -> ExecutionCost {
    ExecutionCost(self, requests: self.requests.adding(requests))
  }

  private init(_ other: ExecutionCost, requests: RequestCounts) {
    self.requests = requests
    awaits = other.awaits
    looks = other.looks
    noticing = other.noticing
    lacksKilled = other.lacksKilled
  }
}
