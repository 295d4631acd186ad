import RunbookDiagnostics
import RunbookRecord
import RunbookSyntax

/// What several endings come to that stand beside each other: those of a `parallel`'s branches, of a list's elements, of a `try`
/// and its `finally`. One of them stands, and none of the failures is lost.
extension Interpreter {
  /// The gravest, and of equals the first. The failures beside it are told; what they came from and their turns go with a
  /// failure that stands, and where none does the turns are given back.
  func standing(_ endings: [Unwind], telling: Bool = true) async -> Unwind {
    guard let stands = endings.indices.min(by: { endings[$0].rank < endings[$1].rank }) else { return .interrupted }
    let others = endings.indices.filter { $0 != stands }.compactMap { endings[$0].failure }
    for other in others where telling { tell(.alsoFailed(other.diagnostic), at: other.diagnostic.primary.range) }
    guard var failure = endings[stands].failure else {
      for var other in others { await release(&other) }
      return endings[stands]
    }
    failure.origins += others.flatMap(\.origins)
    failure.turns += others.flatMap(\.turns)
    return .failure(failure)
  }

  /// The same, but that several failures stand as one where nothing graver does. Of one kind together, `catch` takes them as that
  /// kind; the gravest kind is what is not known, which nothing may repeat.
  ///
  /// - Parameter telling: Whether each is told besides.
  func together(_ endings: [Unwind], of count: Int, telling: Bool = false, at place: SourceRange) async -> Unwind {
    let failures = endings.compactMap(\.failure)
    let areOne = failures.count > 1 && endings.min { $0.rank < $1.rank }?.failure != nil
    for failure in failures where areOne && telling {
      tell(.alsoFailed(failure.diagnostic), at: failure.diagnostic.primary.range)
    }
    let stands = await standing(endings, telling: !areOne)
    guard areOne, case .failure(var failure) = stands else { return stands }
    failure.diagnostic = problem(.severalFailed(failures.map(\.error.message), of: count), at: place).diagnostic
    let isOneKind = failures.allSatisfy { $0.error.kind == failure.error.kind }
    failure.error = RecordedError(
      kind: isOneKind || failure.error.kind == .unconfirmed ? failure.error.kind : .failed,
      message: failure.diagnostic.message, candidates: failures.flatMap(\.error.candidates),
      notes: failure.diagnostic.notes)
    return .failure(failure)
  }
}
