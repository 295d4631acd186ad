public import RunbookDiagnostics
public import Yams

/// A YAML file as it was read: the one way to all that people write in YAML.
///
/// It has neither anchors nor aliases, for a few hundred bytes of them can stand for a document without end. Scalars are taken as
/// they are written, so that `000099` without quotes stays an account.
public struct YAMLDocument {
  public let source: SourceText
  /// `nil` where the file says nothing.
  public let root: Node?
  private let places: YAMLPlaces

  /// A larger file is refused.
  public static let sizeLimit = 1 << 20

  /// - Parameter name: The file's, for people.
  /// - Throws: What keeps it from being one YAML document, with its place.
  public init(_ bytes: [UInt8], named name: String) throws(DocumentError) {
    // The mark that some editors put before UTF-8 means nothing.
    let isMarked = bytes.starts(with: [0xEF, 0xBB, 0xBF])
    source = SourceText(id: SourceID(0), name: name, bytes: isMarked ? Array(bytes.dropFirst(3)) : bytes)
    guard let text = String(validating: source.bytes, as: UTF8.self) else {
      let offset = source.bytes.validUTF8Count
      throw DocumentError(
        source, [.init("the file is not UTF-8", at: SourceRange(SourceID(0), offset, offset + 1), in: source)])
    }
    places = YAMLPlaces(source)
    guard source.bytes.count <= Self.sizeLimit else {
      throw DocumentError(
        source, [.init("the file is larger than \(Self.sizeLimit) bytes", at: places.start, in: source)])
    }
    let (source, places) = (source, places)
    do {
      if let found = try Self.forbidden(in: text, places) {
        let (name, sign) = found.isAlias ? ("aliases", "*") : ("anchors", "&")
        let words = "\(name) are not read here: a text that begins with `\(sign)` needs quotes"
        throw DocumentError(source, [.init(words, at: places.stretch(at: found.mark), in: source)])
      }
      root = try Self.compose(text)
    } catch let error as DocumentError {
      throw error
    } catch YamlError.duplicatedKeysInMapping {
      throw DocumentError(source, RepeatedKeys(places).issues(in: source))
    } catch {
      throw DocumentError(source, [SyntaxTrouble(error, places).issue(in: source)])
    }
  }

  /// What a node, or so many characters into it, stands at.
  public func range(of node: Node, offset: Int = 0) -> SourceRange { places.stretch(at: node.mark, offset: offset) }

  /// Types are not guessed from how a scalar looks, and nothing is spent on getting ready to.
  static func compose(_ text: String) throws -> Node? {
    try Yams.Parser(yaml: text, resolver: .basic, constructor: Constructor([:], [:], [:]), encoding: .utf8).singleRoot()
  }

  /// Where the first alias or anchor stands. They are looked for in the same text with signs in their place that YAML takes for
  /// a text's beginning and for a tag's, for aliases are followed while a document is read.
  private static func forbidden(in text: String, _ places: YAMLPlaces) throws -> (mark: Mark?, isAlias: Bool)? {
    guard text.utf8.contains(where: { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "&") }) else { return nil }
    do {
      let inert = try compose(text.replacing("*", with: "\u{E001}").replacing("&", with: "!"))
      let found = inert?.first { ["*", "&"].contains(places.character(at: $0.mark)) }
      return found.map { ($0.mark, places.character(at: $0.mark) == "*") }
    } catch YamlError.duplicatedKeysInMapping {
      return nil
    }
  }
}

extension Node {
  /// The first node that is such, in the order of the text.
  func first(where isSuch: (Node) -> Bool) -> Node? {
    if isSuch(self) { return self }
    let inner: [Node] =
      switch self {
      case .scalar, .alias: []
      case .sequence(let items): Array(items)
      case .mapping(let members): members.flatMap { [$0.key, $0.value] }
      }
    for node in inner {
      if let found = node.first(where: isSuch) { return found }
    }
    return nil
  }
}

extension [UInt8] {
  /// How many bytes there are before the first that is not UTF-8.
  fileprivate var validUTF8Count: Int {
    var parser = Unicode.UTF8.ForwardParser()
    var rest = makeIterator()
    var length = 0
    while case .valid(let scalar) = parser.parseScalar(from: &rest) { length += scalar.count }
    return length
  }
}
