public import CivilTime
public import RunbookEvaluator
import RunbookRecord
public import TailerAPI

/// What an execution waits for, from its events, in the order in which the waits began: what live lines are drawn from.
/// Ten thousand waits cost no more to draw than a few.
public struct InFlight: Sendable {
  public enum Subject: Hashable, Sendable {
    case run(Run)
    indirect case nextRun(DataOperation, since: Timestamp)
    case condition
  }

  /// One wait.
  public struct Wait: Sendable {
    public let subject: Subject
    public let since: Timestamp
    /// When the run began, as far as that is known.
    public internal(set) var began: Timestamp?
    public let deadline: Timestamp
    public internal(set) var usual: UsualDuration?
    /// When the last look began that told how it stands, while looks fail.
    public internal(set) var unseenSince: Timestamp?
  }

  private struct RunKey: Hashable {
    let id: String
    let operation: DataOperation
    init(_ run: Run) {
      id = run.id
      operation = run.operation
    }
  }

  /// How many lines there are at most, besides the one for the rest.
  public static let limit = 8

  private var waits: [Int: Wait] = [:]
  /// The numbers of the waits in the order of their beginning; some are over.
  private var order: ArraySlice<Int> = []
  private var lastNumber = 0
  private var byRun: [RunKey: [Int]] = [:]
  private var byOperation: [DataOperation: [Int]] = [:]
  private var conditions: [Int] = []
  private var byEffect: [String: Int] = [:]

  public init() {}

  public var isEmpty: Bool { waits.isEmpty }
  public var count: Int { waits.count }

  /// In the order in which they began.
  public var all: [Wait] { order.compactMap { waits[$0] } }

  /// Takes in what has happened; whether it changed anything.
  @discardableResult
  public mutating func take(_ event: Event) -> Bool {
    switch event.kind {
    case .awaiting(let run, let deadline) where !event.isReplayed:
      begin(Wait(subject: .run(run), since: event.at, began: Self.start(of: run), deadline: deadline), event.effect)
    case .awaitingNext(let operation, let since, let deadline) where !event.isReplayed:
      begin(Wait(subject: .nextRun(operation, since: since), since: event.at, deadline: deadline), event.effect)
    case .waitingUntil(let deadline) where !event.isReplayed:
      begin(Wait(subject: .condition, since: event.at, deadline: deadline), event.effect)
    case .unseen(_, let since, _): note(unseenSince: since, event.effect)
    case .seen: note(unseenSince: nil, event.effect)
    case .expecting(let target, let usual): note(target, usual)
    case .appeared(let run): appear(run)
    case .ended(let run, _):
      guard let number = byRun[RunKey(run)]?.first ?? byOperation[run.operation]?.first else { return false }
      end(number)
    case .conditionHeld:
      guard let number = conditions.first else { return false }
      end(number)
    case .caught, .alsoFailed:
      for (number, wait) in waits where wait.deadline <= event.at { end(number) }
    default: return false
    }
    return true
  }

  private mutating func note(unseenSince moment: Timestamp?, _ effect: String?) {
    guard let effect, let number = byEffect[effect] else { return }
    waits[number]?.unseenSince = moment
  }

  private mutating func begin(_ wait: Wait, _ effect: String?) {
    lastNumber += 1
    if let effect { byEffect[effect] = lastNumber }
    waits[lastNumber] = wait
    order.append(lastNumber)
    switch wait.subject {
    case .run(let run): byRun[RunKey(run), default: []].append(lastNumber)
    case .nextRun(let operation, _): byOperation[operation, default: []].append(lastNumber)
    case .condition: conditions.append(lastNumber)
    }
  }

  private mutating func end(_ number: Int) {
    guard let wait = waits.removeValue(forKey: number) else { return }
    switch wait.subject {
    case .run(let run):
      byRun[RunKey(run)]?.removeAll { $0 == number }
      if byRun[RunKey(run)]?.isEmpty == true { byRun[RunKey(run)] = nil }
    case .nextRun(let operation, _):
      byOperation[operation]?.removeAll { $0 == number }
      if byOperation[operation]?.isEmpty == true { byOperation[operation] = nil }
    case .condition: conditions.removeAll { $0 == number }
    }
    if order.count > 2 * waits.count + 16 {
      order = ArraySlice(order.filter { waits[$0] != nil })
      byEffect = byEffect.filter { waits[$0.value] != nil }
    }
  }

  private mutating func note(_ target: WatchTarget, _ usual: UsualDuration) {
    let numbers =
      switch target {
      case .end(let run): byRun[RunKey(run)] ?? []
      case .nextRun(let operation, _): byOperation[operation] ?? []
      }
    for number in numbers { waits[number]?.usual = usual }
  }

  private mutating func appear(_ run: Run) {
    for number in byOperation[run.operation] ?? [] where waits[number]?.began == nil {
      waits[number]?.began = Self.start(of: run)
    }
  }

  private static func start(of run: Run) -> Timestamp? {
    if let started = run.started { return started }
    guard let moment = Run.moment(ofID: run.id), moment != moment.date.midnight else { return nil }
    return moment
  }

  // MARK: Lines

  /// One line for each of the first few, and one for the rest; no more than there is room for.
  public func lines(at now: Timestamp, room: Int = limit + 1) -> [String] {
    let room = max(1, min(Self.limit + 1, room))
    let shown = waits.count <= room ? room : room - 1
    var lines: [String] = []
    for number in order {
      guard let wait = waits[number] else { continue }
      if lines.count == shown {
        lines.append("… and \(waits.count - shown) more")
        break
      }
      lines.append(wait.line(at: now))
    }
    return lines
  }
}

extension InFlight.Wait {
  fileprivate func line(at now: Timestamp) -> String {
    let elapsed = TimeSpan.seconds(Int(max(0, now.since(began ?? since).inSeconds)))
    var text = "… \(elapsed)"
    if let usual, !isWaitingForStart {
      text += elapsed > usual.longest ? ", longer than ever (usually \(usual.words))" : " of usually \(usual.words)"
    } else {
      text += " so far"
    }
    if let unseenSince { text += ", not seen since \(moment(unseenSince, now))" }
    text += ", until \(moment(deadline, now))  "
    switch subject {
    case .run(let run): text += "\(run.operation.name.printable)  run \(run.id.printable)"
    case .nextRun(let operation, _):
      text +=
        isWaitingForStart ? "next run of \(operation.name.printable)" : "\(operation.name.printable)  its next run"
    case .condition: text += "the condition"
    }
    return text
  }

  private func moment(_ moment: Timestamp, _ now: Timestamp) -> String {
    moment.date == now.date ? "\(moment.clock) UTC" : moment.plainMoment
  }

  private var isWaitingForStart: Bool { if case .nextRun = subject { began == nil } else { false } }
}
