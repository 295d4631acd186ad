import Coordination

/// Tells whose observations a branch of an execution goes by. Branches share nothing that moves: each sees a run, and an
/// operation's activation, as it was when the branch began and as its own statements saw it since. What branches have seen is
/// their parent's too once they have been joined.
final class Branch: Sendable {
  /// What branches that begin together are joined at.
  final class Join: Sendable {
    private let isMade = Guarded(false)

    /// Makes what the branches have seen their parent's.
    func make() { isMade.withLock { $0 = true } }
    fileprivate var made: Bool { isMade.withLock { $0 } }
  }

  private let parent: Branch?
  private let join: Join

  /// - Parameter parent: The branch that begins this one; `nil` for the file itself, or for a session at the prompt.
  init(in parent: Branch? = nil, until join: Join = Join()) {
    self.parent = parent
    self.join = join
  }

  /// The branch that it is part of now.
  var current: Branch {
    var here = self
    while here.join.made, let parent = here.parent { here = parent }
    return here
  }

  func sees(_ other: Branch) -> Bool {
    let other = other.current
    var here: Branch? = current
    while let branch = here {
      if branch === other { return true }
      here = branch.parent?.current
    }
    return false
  }
}
