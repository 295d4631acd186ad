import Coordination
public import RunbookChecker
public import RunbookRecord

/// The sources of an execution that is gone on with: files as they are now, and the recorded text of what cannot be read again,
/// since it is gone or could be read once only.
public final class RecordedSources: SourceLoader {
  private let files: SourceFiles
  private let recorded: [String: String]
  private let missed = Guarded<[String]>([])

  public init(of header: ExecutionHeader) {
    files = SourceFiles(directory: header.directory)
    recorded = Dictionary(header.sources.map { ($0.name, $0.text) }) { first, _ in first }
  }

  /// What the record stood in for, a sentence each.
  public var news: [String] { missed.withLock { $0 } }

  public func resolve(_ path: String, from including: String) -> String { files.resolve(path, from: including) }

  public func load(_ name: String) throws(SourceLoadError) -> [UInt8] {
    guard let text = recorded[name], let why = SourceFiles.whyLost(files.path(of: name)) else {
      return try files.load(name)
    }
    missed.withLock { $0.append("\(name) \(why); its text is the recorded one") }
    return Array(text.utf8)
  }
}
