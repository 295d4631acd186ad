import Coordination
public import RunbookChecker
public import RunbookRecord

/// The sources of an execution that is gone on with: as they are recorded, or files as they are now.
public final class RecordedSources: SourceLoader {
  public enum Text: Hashable, Sendable {
    /// What is recorded, whatever has become of the files.
    case recorded
    /// The files as they are now, and the recorded text of what cannot be read again, since it is gone or could be read once
    /// only.
    case edited
  }

  /// What has become of a file since its text was recorded.
  public struct Change: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
      case edited(TextDifference)
      /// It cannot be read again, for a reason such as "is gone".
      case lost(String)
      /// It is there, and cannot be read.
      case unreadable(String)
    }

    public let name: String
    public let kind: Kind
  }

  private let files: SourceFiles
  private let recorded: [String: String]
  private let text: Text

  public init(of header: ExecutionHeader, taking text: Text) {
    files = SourceFiles(directory: header.directory)
    recorded = Dictionary(header.sources.map { ($0.name, $0.text) }) { first, _ in first }
    self.text = text
  }

  public func resolve(_ path: String, from including: String) -> String { files.resolve(path, from: including) }

  public func load(_ name: String) throws(SourceLoadError) -> [UInt8] {
    guard let text = recorded[name], self.text == .recorded || SourceFiles.whyLost(files.path(of: name)) != nil else {
      guard text == .edited else { throw SourceLoadError("its text is not recorded") }
      return try files.load(name)
    }
    return Array(text.utf8)
  }

  /// What has become of the files, in the order in which they were read.
  ///
  /// - Parameter names: What texts are called that stand in no file.
  public static func changes(of header: ExecutionHeader, besides names: Set<String>) -> [Change] {
    let files = SourceFiles(directory: header.directory)
    return header.sources.compactMap { source in
      guard !names.contains(source.name) else { return nil }
      if let why = SourceFiles.whyLost(files.path(of: source.name)) {
        return Change(name: source.name, kind: .lost(why))
      }
      do throws(SourceLoadError) {
        let now = String(decoding: try files.load(source.name), as: UTF8.self)
        guard now != source.text else { return nil }
        return Change(name: source.name, kind: .edited(TextDifference(from: source.text, to: now)))
      } catch {
        return Change(name: source.name, kind: .unreadable("cannot be read: \(error.reason)"))
      }
    }
  }
}
