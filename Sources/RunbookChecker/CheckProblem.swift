public import RunbookDiagnostics

/// What the checker can find wrong: one of the families, each of which words its own.
public struct CheckProblem: Diagnosable {
  private let problem: any Diagnosable

  init(_ problem: any Diagnosable) { self.problem = problem }

  public var diagnostic: Diagnostic { problem.diagnostic }

  public static let allIDs =
    NameProblem.allIDs + CallProblem.allIDs + TypeProblem.allIDs + ValueProblem.allIDs + FlowProblem.allIDs
    + ControlProblem.allIDs + ServiceProblem.allIDs + IncludeProblem.allIDs + ParameterProblem.allIDs
}

extension [Diagnostic.Fix] {
  /// The fix that puts the suggested word in the place of the one written; none without a suggestion.
  static func replacement(_ suggestion: String?, at range: SourceRange) -> [Diagnostic.Fix] {
    suggestion.map { [Diagnostic.Fix("did you mean `\($0)`?", replacing: range, with: $0)] } ?? []
  }
}

extension Sequence<String> {
  /// `a`, `a and b`, `a, b and c`, each in code quotes.
  var listed: String { listed("and") }

  func listed(_ conjunction: String) -> String {
    let words = map { "`\($0)`" }
    guard let last = words.last, words.count > 1 else { return words.first ?? "" }
    return words.dropLast().joined(separator: ", ") + " \(conjunction) " + last
  }
}

/// `1 argument`, `2 arguments`.
func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
