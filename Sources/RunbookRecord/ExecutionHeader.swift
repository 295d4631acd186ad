public import CivilTime

/// What is known of an execution when it starts.
public struct ExecutionHeader: Hashable, Codable, Sendable {
  public var id: String
  public var startedAt: Timestamp
  /// The UTC day that `today` means, also when it is resumed on another one.
  public var today: CalendarDate
  public var holder: LeaseHolder
  /// The file as it was named, `-c`, `standard input` or `prompt`.
  public var name: String
  /// The working directory, for relative includes of a resumed execution.
  public var directory: String
  /// The text of every source by name, the program's first.
  public var sources: [Source]
  public var parameters: [String: String]
  /// What it works in, as far as reading the text tells; several are listed with commas.
  public var account: String?
  public var environment: String?
  /// The service's base address, or `simulator`.
  public var service: String
  /// Whether an edit of what had been carried out was accepted; `sources` holds the edited texts then.
  public var isEdited: Bool?
  /// What it was set to; `nil` where it was begun by a version of the program that did not record it, and for a session at
  /// the prompt.
  public var settings: ExecutionSettings?

  /// Whether it is a session at the prompt, whose text is not kept: it cannot be evaluated again.
  public var isSession: Bool { sources.isEmpty }

  public struct Source: Hashable, Codable, Sendable {
    public var name: String
    public var text: String
    public init(name: String, text: String) {
      self.name = name
      self.text = text
    }
  }

  public init(
    id: String, startedAt: Timestamp, today: CalendarDate, holder: LeaseHolder, name: String, directory: String,
    sources: [Source], parameters: [String: String], account: String?, environment: String?, service: String,
    settings: ExecutionSettings? = nil
  ) {
    self.id = id
    self.startedAt = startedAt
    self.today = today
    self.holder = holder
    self.name = name
    self.directory = directory
    self.sources = sources
    self.parameters = parameters
    self.account = account
    self.environment = environment
    self.service = service
    self.settings = settings
  }
}
