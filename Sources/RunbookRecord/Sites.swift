import TailerAPI

/// Where a span stands, before anything of it is on record: with the spans around it, which are recorded before it is.
public final class SpanSite: Sendable {
  public let kind: Span.Kind
  public let path: String
  public let title: String
  public let parent: SpanSite?
  private let place: Path

  public init(_ kind: Span.Kind, at path: Path, title: String = "", in parent: SpanSite? = nil) {
    self.kind = kind
    self.path = parent?.text(of: path) ?? path.text
    place = path
    self.title = title
    self.parent = parent
  }

  /// The text of a path in here.
  public func text(of path: Path) -> String { path.text(from: place, self.path) }
}

/// Where an effect stands: its identity, the span that it is in, and where its words are.
public struct EffectSite: Sendable {
  public let key: EffectKey
  public let span: SpanSite?
  public let place: SourcePlace?

  public init(_ key: EffectKey, in span: SpanSite? = nil, place: SourcePlace? = nil) {
    self.key = key
    self.span = span
    self.place = place
  }
}
