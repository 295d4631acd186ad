/// One kind of object in the JSON that the program writes: a line, or a part of others. The page `json` is written from
/// these, and a test holds them against all that is written.
public struct JSONObject: Sendable {
  /// What a member's value is.
  public indirect enum Shape: Hashable, Sendable {
    case text, number, boolean
    /// ISO text in UTC.
    case moment
    case date
    /// A number with fractions.
    case seconds
    /// One of these texts.
    case word([String])
    case list(Shape)
    /// An object with any names and such values.
    case map(Shape)
    /// A part, by its name.
    case part(String)
  }

  /// When a member is there.
  public enum Presence: Hashable, Sendable {
    case always
    /// The `state` is `ended` or `failed`.
    case over
    /// The `state` is `ended`.
    case ended
    /// The `state` is `failed`.
    case failed
    case sometimes(String)
  }

  public struct Member: Sendable {
    public let name: String
    public let shape: Shape
    public let presence: Presence
    public let meaning: String
    /// Where it is `null`, in words; `nil` where it never is.
    public let null: String?

    init(_ name: String, _ shape: Shape, _ meaning: String, _ presence: Presence = .always, null: String? = nil) {
      self.name = name
      self.shape = shape
      self.meaning = meaning
      self.presence = presence
      self.null = null
    }
  }

  /// What objects have more by the value of one of their members.
  public struct Variant: Sendable {
    public let values: [String]
    public let meaning: String
    public let members: [Member]

    init(_ values: [String], meaning: String = "", _ members: [Member]) {
      self.values = values
      self.meaning = meaning
      self.members = members
    }

    init(_ value: String, meaning: String = "", _ members: [Member]) {
      self.init([value], meaning: meaning, members)
    }
  }

  public let name: String
  public let meaning: String
  public let members: [Member]
  /// The member that the variants go by.
  public let choice: String?
  public let variants: [Variant]

  init(
    _ name: String, _ meaning: String, _ members: [Member], by choice: String? = nil, _ variants: [Variant] = []
  ) {
    self.name = name
    self.meaning = meaning
    self.members = members
    self.choice = choice
    self.variants = variants
  }
}

// MARK: In words

extension JSONObject {
  /// The object's part of the page.
  var table: Topic.Table {
    let own = members.map(\.row)
    let more = variants.flatMap { variant in
      let head = "\(choice ?? "") \(variant.values.map { "`\($0)`" }.joined(separator: ", "))"
      let words = [variant.meaning, variant.members.isEmpty ? "nothing more" : ""].filter { !$0.isEmpty }
      return [Topic.Row(head, words.joined(separator: "; "))] + variant.members.map(\.row)
    }
    return Topic.Table("`\(name)`: \(meaning)", own + more)
  }
}

extension JSONObject.Member {
  fileprivate var row: Topic.Row {
    let words = [
      "\(shape.words). \(meaning.sentence)", presence.words.map { "Only \($0)." }, null.map { "`null` where \($0)." },
    ]
    return Topic.Row("`\(name)`", words.compactMap { $0 }.joined(separator: " "))
  }
}

extension JSONObject.Presence {
  fileprivate var words: String? {
    switch self {
    case .always: nil
    case .over: "once it has ended or failed"
    case .ended: "once it has ended"
    case .failed: "where it failed"
    case .sometimes(let words): words
    }
  }
}

extension JSONObject.Shape {
  fileprivate var words: String {
    switch self {
    case .text: "Text"
    case .number: "Whole number"
    case .boolean: "Boolean"
    case .moment: "Moment"
    case .date: "Date"
    case .seconds: "Seconds"
    case .word(let words): words.map { "`\($0)`" }.joined(separator: ", ")
    case .list(let shape): "List of \(shape.inner)"
    case .map(let shape): "Object with \(shape.inner) by name"
    case .part(let name): "Object `\(name)`"
    }
  }

  private var inner: String { "\(words.prefix(1).lowercased())\(words.dropFirst())" }
}
