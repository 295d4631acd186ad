import Coordination
import TailerSimulator

/// Numbers in 0..<1 from a seed, drawn from whichever task: a rehearsal goes the same way each time.
final class SharedRandom: Sendable {
  private let generator: Guarded<SeededGenerator>

  init(seed: UInt64) { generator = Guarded(SeededGenerator(seed: seed)) }

  func next() -> Double { generator.withLock { Double.random(in: 0..<1, using: &$0) } }
}
