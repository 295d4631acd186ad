import CivilTime

/// Records of a version of the program that kept no spans, and called an execution over once a `finally` had begun after an
/// interruption, whether that came to its end or not.
extension Record {
  /// Takes over what such a record tells, so that the `finally` is finished and nothing after it follows: the spans of each
  /// one that began, and the interruption. Gives the effects that this has changed.
  mutating func takeOver(interruptedAt moment: Timestamp) -> [RecordChange] {
    guard spans.isEmpty else { return [] }
    let execution = SpanSite(.execution, at: Path(.named("")))
    interrupt(execution, now: moment)
    return effects.map { effect in
      put(effect.inside(open(Self.undoing(effect.key.path, in: execution), now: effect.intendedAt)))
    }
  }

  /// The innermost `finally` around a place, going by its path; the execution where there is none.
  private static func undoing(_ path: String, in execution: SpanSite) -> SpanSite {
    let word = "/finally"
    return path.ranges(of: word + ".").reduce(execution) { around, place in
      let end = path.index(place.lowerBound, offsetBy: word.count)
      return SpanSite(.finally, at: Path(.named(String(path[..<end].dropFirst()))), title: "`finally`", in: around)
    }
  }
}
