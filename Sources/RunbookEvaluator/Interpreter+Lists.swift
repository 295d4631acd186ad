import Coordination
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
    let ended = await capped(elements.count, atOnce: state.policy.cap) { index in
      (index, await seed.evaluate { branch async throws(Unwind) in try await body(branch, elements[index], index) })
    }
    var endings = Endings<Result>()
    for (index, ending) in ended {
      switch ending {
      case .success(let result): endings.results[index] = result
      case .failure(let unwind): endings.unwinds[index] = unwind
      }
    }
    return try await gathered(endings, of: elements.count, at: place)
  }

  /// The results in the order of the elements, or what their errors come to.
  func gathered<Result>(
    _ endings: Endings<Result>, of count: Int, at place: SourceRange
  ) async throws(Unwind) -> [Result] {
    guard endings.unwinds.isEmpty else {
      throw await together(endings.unwinds.sorted { $0.key < $1.key }.map(\.value), of: count, at: place)
    }
    return (0..<count).compactMap { endings.results[$0] }
  }
}

/// How the elements of a verb's operand ended, by their places.
struct Endings<Result> {
  var results: [Int: Result] = [:]
  var unwinds: [Int: Unwind] = [:]
  /// Whether the journal is lost.
  var isBroken: Bool { unwinds.values.contains(where: \.isBroken) }
}
