import CivilTime
import RunbookRecord
import TailerAPI

/// The loop over the tries of a launch: the service is tried once at a time, each try stamped, and again only after one that
/// surely did nothing.
extension SafeLaunch {
  /// What the tries came to.
  enum Sending {
    case launched(String)
    /// It is not known what became of the last one.
    case lost(ServiceError)
  }

  func send(_ stamps: LaunchStamps) async throws(Refusal) -> Sending {
    var (number, tries, isRenewed) = (0, 0, false)
    while true {
      number += 1
      tries += 1
      let failure: ServiceError
      switch try await attempt(number, stamps) {
      case .success(let id): return .launched(id)
      case .failure(let error): failure = error
      }
      let problem = Refusal.problem(.service(failure, verb: "launch", operation: operation.name))
      switch failure.kind {
      case .unknown, .cancelled: return .lost(failure)
      case .rejected: throw problem
      case .refused:
        guard failure.isTokenRenewed, !isRenewed else { throw problem }
        isRenewed = true
        tries -= 1
        try await stamps.withdraw()
      case .neverSent, .throttled:
        let pause = effects.service.pause(after: failure, tries: tries, since: stamps.begun ?? effects.clock.now)
        guard let pause else { throw problem }
        try await stamps.withdraw()
        try await sleep(for: pause)
      }
    }
  }

  /// One try. An interruption gives the answer to a request a little time, and ends at once what is not stamped yet.
  private func attempt(
    _ number: Int, _ stamps: LaunchStamps
  ) async throws(Refusal) -> Result<String, ServiceError> {
    let (service, operation, date) = (effects.service, operation, date)
    let launchTry = stamps.nextTry(number)
    let isUnderWay = { @Sendable in stamps.isUnderWay }
    let answer = await race(farewellIf: isUnderWay) { () async -> Result<String, ServiceError> in
      do throws(ServiceError) {
        return .success(try await service.launch(operation, on: date, launchTry))
      } catch {
        return .failure(error)
      }
    }
    stamps.hasLeft()
    if let refusal = stamps.refusal {
      if case .interrupted = refusal { try await stamps.withdraw() }
      throw refusal
    }
    guard case .success(let result)? = answer else { throw .interrupted }
    if case .failure(let error) = result, error.kind == .cancelled {
      guard stamps.isUnderWay, !isInterrupted else { throw .interrupted }
    }
    return result
  }
}
