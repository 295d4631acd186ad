public import RunbookDiagnostics

extension SyntaxProblem: Diagnosable {
  public static let allIDs: [String] = []
  public var diagnostic: Diagnostic { Diagnostic(id: "x", message: "\(kind)", primary: .init(place)) }
}
