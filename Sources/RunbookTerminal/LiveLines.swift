import CivilTime
import RunbookEvaluator
import TailerAPI

/// What is still going, as the lines that a terminal shows for it.
struct LiveLines {
  private var inFlight: [(key: String, text: String, since: Timestamp, deadline: Timestamp)] = []

  private static let limit = 8

  mutating func follow(_ event: Event) {
    switch event.kind {
    case .awaiting(let run, let deadline) where !event.isReplayed:
      inFlight.append((run.id, "\(run.operation.name.printable)  run \(run.id.printable)", event.at, deadline))
    case .awaitingNext(let operation, _, let deadline) where !event.isReplayed:
      inFlight.append(("\(operation)", "next run of \(operation.name.printable)", event.at, deadline))
    case .ended(let run):
      let key = inFlight.firstIndex { $0.key == run.id } ?? inFlight.firstIndex { $0.key == "\(run.operation)" }
      if let key { inFlight.remove(at: key) }
    case .interrupted: inFlight = []
    case .caught, .alsoFailed: inFlight.removeAll { $0.deadline <= event.at }
    default: break
    }
  }

  /// One line for each thing in flight, none as wide as the terminal, and no more than fit under a line of news.
  func drawn(at now: Timestamp, width: Int, height: Int) -> [String] {
    let room = max(1, min(Self.limit, height - 2))
    var lines = inFlight.prefix(inFlight.count > room ? room - 1 : room).map { flight in
      "… \(flight.text)  \(now.since(flight.since).rounded) so far, until \(flight.deadline.clock)"
    }
    if inFlight.count > lines.count { lines.append("… and \(inFlight.count - lines.count) more") }
    return lines.map { $0.cut(toColumns: max(10, width - 1)) }
  }
}
