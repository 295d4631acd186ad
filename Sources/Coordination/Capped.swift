/// Carries something out for each number below a count, begun in their order, at most so many at a time.
///
/// - Returns: What each gave, in the order in which they came to their ends.
public nonisolated(nonsending) func capped<Value: Sendable>(
  _ count: Int, atOnce cap: Int, _ body: @escaping @Sendable (Int) async -> Value
) async -> [Value] {
  await withTaskGroup(of: Value.self) { group in
    var values: [Value] = []
    for index in 0..<count {
      if index >= cap, let value = await group.next() { values.append(value) }
      group.addTask { await body(index) }
    }
    for await value in group { values.append(value) }
    return values
  }
}
