import RunbookDiagnostics
import Yams

/// Keys that a mapping has twice. The parser names the first place of one of them; here the others are found, by reading the text
/// again with that place spoilt.
struct RepeatedKeys {
  private let found: [(name: String, first: Mark, again: Mark?)]
  private let places: YAMLPlaces

  /// More than these are not looked for.
  private static let limit = 20

  init(_ places: YAMLPlaces) {
    self.places = places
    var scalars = places.scalars
    var firsts: [(name: String, mark: Mark)] = []
    var root: Node?
    while root == nil, firsts.count < Self.limit {
      do {
        root = try YAMLDocument.compose(String(String.UnicodeScalarView(scalars)))
      } catch YamlError.duplicatedKeysInMapping(let names, let context) {
        guard let name = names.first, firsts.last.map({ places.index(of: $0.mark) }) != places.index(of: context.mark)
        else { break }
        firsts.append((name, context.mark))
        let isQuoted = places.character(at: context.mark) == "\"" || places.character(at: context.mark) == "'"
        let index = places.index(of: context.mark) + (isQuoted ? 1 : 0)
        // Another character for each, so that no two become one.
        if index < scalars.count { scalars[index] = Unicode.Scalar(0xE000 + UInt32(firsts.count)) ?? "\u{E000}" }
      } catch {
        break
      }
    }
    let spoilt = Dictionary(firsts.map { (places.index(of: $0.mark), $0.name) }) { name, _ in name }
    found = firsts.map { name, first in
      let start = places.index(of: first)
      let keys = root?.first { $0.mapping?.keys.contains { places.index(of: $0.mark) == start } == true }?.mapping?.keys
      let again = keys?.first { key in
        let index = places.index(of: key.mark)
        return index > start && (spoilt[index] ?? key.scalar?.string) == name
      }
      return (name, first, again?.mark)
    }
  }

  func issues(in source: SourceText) -> [DocumentError.Issue] {
    found.map { name, first, again in
      .init(
        "“\(name)” is written twice", at: places.stretch(at: again ?? first), in: source,
        other: again.map { _ in Diagnostic.Label(places.stretch(at: first), "it is written here already") })
    }
  }
}
