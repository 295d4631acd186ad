public import Testing

/// Marks a fault that stands in the program: the body expects what is right, and the run fails once it passes.
///
/// Only an expectation that is not met counts as the fault. What a test does to get there belongs outside of the body, and
/// an error that is thrown in it fails the test, so that a test which no longer reaches the fault is seen.
///
/// - Parameter name: The part of the program that has it, its number there, and what is wrong, as in
///   `"path 4: a deadline that passed fails every resume"`.
public func knownFault(
  _ name: Comment, sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Void
) rethrows {
  try withKnownIssue(name, sourceLocation: sourceLocation, body) {
    true
  } matching: { issue in
    if case .expectationFailed = issue.kind { true } else { false }
  }
}
