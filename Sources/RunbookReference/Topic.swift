/// Something that help can be asked about: a word of the language, a command of the program, or one of the prompt.
public struct Topic: Hashable, Sendable {
  public enum Kind: String, CaseIterable, Sendable {
    case page, statement, value, `operator`, clause, status, errorKind, command, promptCommand

    /// The heading over topics of this kind.
    public var title: String {
      switch self {
      case .page: "The language"
      case .statement: "Statements"
      case .value: "Values"
      case .operator: "Operators"
      case .clause: "Clauses"
      case .status: "Statuses"
      case .errorKind: "Kinds of errors"
      case .command: "Commands of the program"
      case .promptCommand: "Commands of the prompt"
      }
    }
  }

  public struct Row: Hashable, Sendable {
    public let name: String
    public let meaning: String

    init(_ name: String, _ meaning: String) {
      self.name = name
      self.meaning = meaning
    }
  }

  public struct Table: Hashable, Sendable {
    public let title: String
    public let rows: [Row]

    init(_ title: String, _ rows: [Row]) {
      self.title = title
      self.rows = rows
    }
  }

  public let kind: Kind
  /// The words that lead to it; the first is its title.
  public let names: [String]
  /// What it is or does, in a sentence without a full stop.
  public let abstract: String
  /// How it is written. Those of the language can be typed as they stand, where `prepare` and `export` are operations,
  /// `load` is a workflow and a run has ended.
  public let forms: [String]
  /// Paragraphs.
  public let discussion: [String]
  /// Names with what they mean.
  public let tables: [Table]
  /// Words that lead to related topics.
  public let seeAlso: [String]

  init(
    _ kind: Kind, _ names: String..., abstract: String, forms: [String] = [], discussion: [String] = [],
    tables: [Table] = [], seeAlso: [String] = []
  ) {
    self.kind = kind
    self.names = names
    self.abstract = abstract
    self.forms = forms
    self.discussion = discussion
    self.tables = tables
    self.seeAlso = seeAlso
  }

  public var title: String { names.first ?? "" }
}
