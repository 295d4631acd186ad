public import CivilTime
import TailerAPI
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
public struct ScenarioFile: Hashable, Sendable {
  /// A larger file is refused.
  public static let maximumSize = 1 << 20

  public let file: String
  /// What the file says outside its paths.
  public let base: Scenario
  public let paths: [String: Scenario]

  /// Reads a file, all paths included, or throws everything that is wrong with it.
  /// - Parameters:
  ///   - file: its name, for messages.
  ///   - now: when the scenario begins where the file does not say.
  public init(yaml: [UInt8], file: String, now: Timestamp) throws(ScenarioError) {
    let root = try Self.document(yaml, file: file)
    var reading = ScenarioReading(file: file)
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
    self.file = file
    if let error = reading.error { throw error }
  }

  /// The scenario of a path, or what the file says outside its paths.
  public func scenario(path: String?) throws(ScenarioError) -> Scenario {
    guard let path else { return base }
    guard let scenario = paths[path] else {
      let names = paths.keys.sorted()
      let known = names.isEmpty ? "; the file has none" : "; it has \(names.joined(separator: ", "))"
      let hint = Spelling.hint(for: path, among: names)
      throw Self.error("there is no path \"\(path)\"\(hint.isEmpty ? known : hint)", file: file)
    }
    return scenario
  }

  /// Takes `FILE#PATH` apart.
  public static func split(_ argument: String) -> (file: String, path: String?) {
    guard let mark = argument.lastIndex(of: "#"), mark != argument.startIndex else { return (argument, nil) }
    let path = argument[argument.index(after: mark)...]
    return (String(argument[..<mark]), path.isEmpty ? nil : String(path))
  }

  private static func error(
    _ message: String, file: String, line: Int = 1, column: Int = 1
  ) -> ScenarioError {
    ScenarioError(issues: [.init(file: file, line: line, column: column, message: message)])
  }

  private static func document(_ given: [UInt8], file: String) throws(ScenarioError) -> Node {
    let bytes = Array(given.withoutByteOrderMark)
    guard bytes.count <= maximumSize else { throw error("the file is larger than \(maximumSize) bytes", file: file) }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      let (line, column) = place(ofOffset: validLength(bytes), in: bytes)
      throw error("the file is not UTF-8", file: file, line: line, column: column)
    }
    if let offset = aliasOffset(in: bytes) {
      let (line, column) = place(ofOffset: offset, in: bytes)
      throw error(
        "a scenario has no aliases (\"*name\"); quote the text, or use paths", file: file, line: line, column: column)
    }
    let root: Node?
    do {
      root = try Parser(yaml: text, encoding: .utf8).singleRoot()
    } catch let problem as YamlError {
      throw Self.error(for: problem, bytes, file: file)
    } catch {
      throw Self.error("\(error)", file: file)
    }
    guard let root else { throw error("the file is empty", file: file) }
    return root
  }

  private static func error(for problem: YamlError, _ bytes: [UInt8], file: String) -> ScenarioError {
    switch problem {
    case .scanner(let context, let message, let mark, _), .parser(let context, let message, let mark, _),
      .composer(let context, let message, let mark, _):
      return error(
        [context?.text, message].compactMap(\.self).joined(separator: ": "), file: file, line: mark.line,
        column: mark.column)
    case .reader(let message, let offset, _, _):
      let (line, column) = place(ofOffset: offset ?? 0, in: bytes)
      return error(message, file: file, line: line, column: column)
    case .duplicatedKeysInMapping(let names, let context):
      let keys = names.map { "\"\($0)\"" }.joined(separator: ", ")
      return error("written twice: \(keys)", file: file, line: context.mark.line, column: context.mark.column)
    default:
      return error("the file cannot be read as YAML", file: file)
    }
  }

  /// Where an alias stands: at the beginning of a node. They are refused, since a few of them can stand for a
  /// document without end.
  private static func aliasOffset(in bytes: [UInt8]) -> Int? {
    var startsNode = true
    for (offset, byte) in bytes.enumerated() {
      switch byte {
      case UInt8(ascii: "*"):
        let next = offset + 1 < bytes.count ? bytes[offset + 1] : 0x20
        if startsNode, next > 0x20 { return offset }
        startsNode = false
      case 0x0A, 0x0D, UInt8(ascii: "-"), UInt8(ascii: ":"), UInt8(ascii: "?"), UInt8(ascii: ","), UInt8(ascii: "["),
        UInt8(ascii: "{"):
        startsNode = true
      case 0x20, 0x09: break
      default: startsNode = false
      }
    }
    return nil
  }

  /// How many bytes there are before the first that is not UTF-8.
  private static func validLength(_ bytes: [UInt8]) -> Int {
    var parser = Unicode.UTF8.ForwardParser()
    var rest = bytes.makeIterator()
    var length = 0
    while case .valid(let scalar) = parser.parseScalar(from: &rest) { length += scalar.count }
    return length
  }

  private static func place(ofOffset offset: Int, in bytes: [UInt8]) -> (line: Int, column: Int) {
    let before = bytes.prefix(max(0, offset))
    let line = before.count { $0 == 0x0A } + 1
    let start = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    return (line, before[start...].count { $0 & 0xC0 != 0x80 } + 1)
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
  public init(yaml: [UInt8], path: String? = nil, file: String, now: Timestamp) throws(ScenarioError) {
    self = try ScenarioFile(yaml: yaml, file: file, now: now).scenario(path: path)
  }
}
