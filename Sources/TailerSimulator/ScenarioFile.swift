public import CivilTime
import RunbookDiagnostics
import TailerAPI
public import YAMLDocuments
import Yams

/// A scenario as people write it beside their playbooks: YAML that says how the platform stands and how it will go.
///
/// ```yaml
/// about: The morning preparation failed; relaunched, it succeeds.
/// now: 2020-12-30T11:28:00Z         # when it begins; the moment of the rehearsal where it is left out
/// account: "000099"                 # the defaults for the operations below
/// environment: DEV
/// takes: 1m                         # how long runs take of which nothing else is said
/// visibility-delay: 20s             # how long a launched run does not show
///
/// operations:
///   prepare:                        # a name for this file
///     table-to-table: 000099_iowa_liquor_prepare_pda    # the suffix _DEV is added; `verbatim: true` adds none
///     runs: [SUCCESS after 1m24s, RUNNING]              # one after the other, the last repeats; RUNNING never ends
///     history: [FAILED after 2m at 05:00]               # the newest shows first, whatever the order here
///   stores:
///     storage-to-tables: 000099-iowa-stores
///     jobs: { stores: "stores-{{FD_DATE}}.csv", sales: "sales-{{FD_DATE}}.csv" }
///     schedule: [SUCCESS after 30s of stores at +5m, NO_MATCH of sales at 11:40]
///   export:
///     table-to-storage: 000099_iowa_liquor_export
///     environment: PROD
///     activation: disabled
///   report:
///     table-to-table: 000099_iowa_liquor_report
///
/// workflows:
///   load:
///     id: 000099-iowa-liquor-load-pda
///     jobs: [prepare, stores/stores]                    # operations, jobs of operations, or job ids
///     target: report
///     flags: [prepare]                                  # the successes it already holds
///
/// tokens: { good-token: +1h, other: always }            # any token, where left out
/// faults:                                               # the first that applies holds
///   - launch_job 1: reply lost                          # an action, or `request`; which one, `2..4`, or all
///   - request 3..4: 503 after the effect
///   - check_run_status: slow by 5s
///
/// paths:                                                # variants, chosen as FILE#unhappy
///   unhappy:
///     about: It fails again.
///     operations: { prepare: { runs: FAILED after 2m } }
/// ```
///
/// A run is a phrase: a status, then `after` a duration, `of` a job, `at` a moment, `on` an execution date, `as` a run
/// id, in any order and as needed. A moment is `2020-12-30T05:00:00Z`, a time of the first day (`05:00`), or a distance
/// from the beginning (`+5m`, `-6h`). Faults are written as `Fault` describes itself. A path's mappings are laid over
/// those of the file key by key; anything else in it replaces. Further keys: `strict: true` refuses operations that the
/// file does not name, `reset-reply: short` gives the reply of before 2021, `seed: 7` decides the run ids.
public struct ScenarioFile: Sendable {
  private let source: SourceText
  /// Where its paths stand; where it begins if it has none.
  private let pathsRange: SourceRange
  /// What the file says outside its paths.
  public let base: Scenario
  public let paths: [String: Scenario]

  /// Reads a file, all paths included, or throws everything that is wrong with it.
  /// - Parameters:
  ///   - file: its name, for messages.
  ///   - now: when the scenario begins where the file does not say.
  public init(yaml: [UInt8], file: String, now: Timestamp) throws(DocumentError) {
    let document = try YAMLDocument(yaml, named: file)
    guard let root = document.root else {
      let start = SourceRange(document.source.id, 0, 0)
      throw DocumentError(document.source, [.init("the file is empty", at: start, in: document.source)])
    }
    var reading = ScenarioReading(document)
    var variants: [(name: String, root: Node)] = []
    if let node = root.mapping?["paths"] {
      for (key, node) in reading.entries(of: node, what: "paths") {
        if let inner = node.mapping?["paths"] { reading.report("a path has no paths of its own", at: inner) }
        variants.append((key, Self.lay(node, over: root)))
      }
    }
    base = reading.scenario(root, now: now)
    var paths: [String: Scenario] = [:]
    for variant in variants { paths[variant.name] = reading.scenario(variant.root, now: now) }
    self.paths = paths
    source = document.source
    pathsRange = document.range(of: root.mapping == nil ? root : reading.key("paths", of: root))
    if let error = reading.error { throw error }
  }

  /// The scenario of a path, or what the file says outside its paths.
  public func scenario(path: String?) throws(DocumentError) -> Scenario {
    guard let path else { return base }
    guard let scenario = paths[path] else {
      let names = paths.keys.sorted()
      let known = names.isEmpty ? "; the file has none" : "; it has \(names.joined(separator: ", "))"
      let hint = Spelling.hint(for: path, among: names)
      let message = "there is no path \"\(path)\"\(hint.isEmpty ? known : hint)"
      throw DocumentError(source, [.init(message, at: pathsRange, in: source)])
    }
    return scenario
  }

  /// Takes `FILE#PATH` apart.
  public static func split(_ argument: String) -> (file: String, path: String?) {
    guard let mark = argument.lastIndex(of: "#"), mark != argument.startIndex else { return (argument, nil) }
    let path = argument[argument.index(after: mark)...]
    return (String(argument[..<mark]), path.isEmpty ? nil : String(path))
  }

  /// A path's mappings over those of the file, key by key; anything else replaces.
  private static func lay(_ node: Node, over base: Node) -> Node {
    guard case .mapping(let upper) = node, case .mapping(var result) = base else { return node }
    for (key, value) in upper {
      result[key] = result[key].map { lay(value, over: $0) } ?? value
    }
    return .mapping(result)
  }
}

extension Scenario {
  /// Reads a scenario from a file's bytes: that of the path, or what the file says outside its paths.
  public init(yaml: [UInt8], path: String? = nil, file: String, now: Timestamp) throws(DocumentError) {
    self = try ScenarioFile(yaml: yaml, file: file, now: now).scenario(path: path)
  }
}
