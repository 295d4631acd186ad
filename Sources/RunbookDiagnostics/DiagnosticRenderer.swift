public struct DiagnosticRenderer {
  let sources: SourceMap
  public init(sources: SourceMap, hasColour: Bool, width: Int) { self.sources = sources }
  public func render(_ diagnostic: Diagnostic) -> String {
    let place = sources[diagnostic.primary.range.source].map { source in
      let position = source.position(of: Int(diagnostic.primary.range.lower))
      return "\(source.name):\(position.line):\(position.column): "
    }
    return (place ?? "") + "\(diagnostic.severity.rawValue)[\(diagnostic.id)]: \(diagnostic.message)" + diagnostic.notes.map { "\n  " + $0 }.joined()
  }
  public func json(_ diagnostic: Diagnostic) -> String { "{}" }
}
