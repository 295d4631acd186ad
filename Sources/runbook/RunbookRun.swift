import CivilTime
import Foundation
import Glibc
import RunbookChecker
import RunbookDiagnostics
import RunbookEvaluator
import RunbookRecord
import RunbookSession
import RunbookTerminal
import TailerAPI

/// A text on its way: read, checked, and run on a service; with everything that a person is told around it.
struct RunbookRun {
  let input: Input
  let surroundings: Surroundings
  let conduct: ConductOptions

  func start(on choice: Service.Choice) async throws -> Int32 {
    let stage = Stage(surroundings, conduct)
    guard let runbook = try stage.check(input.source, loader: input.files) else { return 2 }
    let service = try Service(choice, surroundings, runbook: input.path)
    guard
      let parameters = try await stage.parameters(
        of: runbook.runbook, arguments: input.arguments, environment: surroundings.variables,
        today: service.clock.now.date, mayAsk: true)
    else { return 64 }
    let people = stage.people()
    let session = try stage.session(on: service, people: people, isReadOnly: conduct.readOnly)
    return try await stage.perform(on: service) {
      let opened: Session.Opened
      do throws(JournalStoreError) {
        opened = try await session.begin(
          runbook.preparation, parameters: parameters, account: runbook.runbook.accounts.listed,
          environment: runbook.runbook.environments.listed)
      } catch {
        return stage.tell(error)
      }
      let report = await session.run(runbook.runbook, as: opened, parameters: parameters)
      return stage.conclude(report, at: service.clock.now, recordedIn: service.recordedIn)
    }
  }
}

extension [String] {
  /// For people; `nil` where there is none.
  fileprivate var listed: String? { isEmpty ? nil : joined(separator: ", ") }
}
