import Foundation
import TailerSimulator

/// Numbers in 0..<1 from a seed, drawn from whichever task: a rehearsal goes the same way each time.
final class SharedRandom: @unchecked Sendable {
  // The lock guards the generator.
  private let lock = NSLock()
  private var generator: SeededGenerator

  init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

  func next() -> Double { lock.withLock { Double.random(in: 0..<1, using: &generator) } }
}
