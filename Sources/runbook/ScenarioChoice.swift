import CivilTime
import RunbookChecker
import RunbookSession
import TailerClient
import TailerSimulator
import VisibleText
import YAMLDocuments

/// Which scenario a rehearsal goes by.
enum ScenarioChoice {
  /// What stands for the scenario beside the runbook.
  static let beside = "."

  /// Reads `FILE`, `FILE#path`, or `#path` of the file beside the runbook: `x.scenario.yaml` for `x.runbook`. With
  /// nothing said and nothing beside it, a platform that takes every request and where every run succeeds.
  static func load(_ text: String, beside runbook: String?, directory: String) throws -> Scenario {
    let now = RealClock().now
    let text = text == beside ? "" : text
    let (file, path) = text.hasPrefix("#") ? ("", String(text.dropFirst())) : ScenarioFile.split(text)
    let name = file.isEmpty ? runbook.map(besideName) : file
    guard let name else { return Scenario(now: now) }
    let bytes: [UInt8]
    do throws(SourceLoadError) {
      bytes = try SourceFiles.read(name.hasPrefix("/") ? name : "\(directory)/\(name)")
    } catch {
      if file.isEmpty, path == nil, error.reason == "no such file" { return Scenario(now: now) }
      throw CommandFailure("\(name): \(error.reason)", status: 2)
    }
    do throws(DocumentError) {
      return try ScenarioFile(yaml: bytes, file: name, now: now).scenario(path: path)
    } catch {
      throw CommandFailure(drawing: error, as: "scenario", status: 2)
    }
  }

  private static func besideName(of runbook: String) -> String {
    (runbook.hasSuffix(".runbook") ? String(runbook.dropLast(8)) : runbook) + ".scenario.yaml"
  }
}
