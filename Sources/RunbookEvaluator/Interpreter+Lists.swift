import RunbookDiagnostics
import RunbookRecord
import RunbookSyntax

extension Interpreter {
  /// One place for each element of a verb's operand.
  func sites(for count: Int) -> [EffectSite] {
    let base = nextSite()
    guard count != 1 else { return [base] }
    return (0..<count).map { index in
      let key = EffectKey(path: "\(base.key.path)[\(index)]", textHash: base.key.textHash)
      return EffectSite(key, in: base.span, place: base.place)
    }
  }

  /// Does something for each element, started in order, under the cap; an error in one does not keep the rest from being
  /// done and is raised at the end.
  func each<Element: Sendable, Result: Sendable>(
    _ elements: [Element], at place: SourceRange,
    _ body: @escaping @Sendable (Interpreter, Element, Int) async throws(Unwind) -> Result
  ) async throws(Unwind) -> [Result] {
    if elements.count == 1, let only = elements.first { return [try await body(self, only, 0)] }
    let seed = seed()
    let cap = state.policy.cap
    var endings = Endings<Result>()
    await withTaskGroup(of: (Int, Swift.Result<Result, Unwind>).self) { group in
      var begun = 0
      func begin() {
        let index = begun
        let element = elements[index]
        begun += 1
        group.addTask {
          (index, await seed.evaluate { branch async throws(Unwind) in try await body(branch, element, index) })
        }
      }
      while begun < min(cap, elements.count) { begin() }
      while let (index, ending) = await group.next() {
        switch ending {
        case .success(let result): endings.results[index] = result
        case .failure(let unwind): endings.unwinds[index] = unwind
        }
        if begun < elements.count { begin() }
      }
    }
    return try gathered(endings, of: elements.count, at: place)
  }

  /// The results in the order of the elements, or what raised the gravest.
  func gathered<Result>(
    _ endings: Endings<Result>, of count: Int, at place: SourceRange
  ) throws(Unwind) -> [Result] {
    let raised = endings.unwinds.sorted { $0.key < $1.key }.map(\.value)
    let failures = raised.compactMap { if case .failure(let failure) = $0 { failure } else { nil } }
    if let gravest = raised.min(by: { $0.rank < $1.rank }) {
      guard case .failure = gravest, failures.count > 1 else { throw gravest }
      throw .failure(together(failures, of: count, at: place))
    }
    return (0..<count).compactMap { endings.results[$0] }
  }

  /// Several failures as one. Of one kind together, `catch` takes them as that kind; the gravest kind is what is not known,
  /// which nothing may repeat.
  func together(_ failures: [Failure], of count: Int, at place: SourceRange) -> Failure {
    let kinds = Set(failures.map(\.error.kind))
    let diagnostic = problem(.severalFailed(failures.map(\.error.message), of: count), at: place).diagnostic
    let kind = kinds.count == 1 ? kinds.first : kinds.contains(.unconfirmed) ? .unconfirmed : nil
    let error = RecordedError(
      kind: kind ?? .failed, message: diagnostic.message, candidates: failures.flatMap(\.error.candidates),
      notes: diagnostic.notes)
    return Failure(
      error: error, diagnostic: diagnostic, origins: failures.flatMap(\.origins), turns: failures.flatMap(\.turns))
  }
}

/// How the elements of a verb's operand ended, by their places.
struct Endings<Result> {
  var results: [Int: Result] = [:]
  var unwinds: [Int: Unwind] = [:]
  /// Whether the journal is lost.
  var isBroken: Bool { unwinds.values.contains(where: \.isBroken) }
}
