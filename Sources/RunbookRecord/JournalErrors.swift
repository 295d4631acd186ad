public import CivilTime

/// Why the record could not be read or written. Nothing that depends on it may then be done.
public indirect enum JournalError: Error, Hashable, Sendable {
  /// In words for the reader: `the disk is full`.
  case unavailable(String)
  /// Another process has taken the execution over.
  case leaseLost(holder: String)
  case cancelled
  /// The record says otherwise, in words: `effect #3, launch p, has an outcome already`.
  case contradiction(String)
  /// Nothing new begins there any more.
  case halted(Span.Halt)
  /// The record says nothing of what comes next, and only the record was to answer.
  case recordEnds
  /// Something else is recorded there.
  case diverged(RecordedEffect)
  /// The statement was worded otherwise when that was recorded.
  case wordedOtherwise(RecordedEffect)
  /// Whether an earlier launch of the operation by this execution happened is not known, and nothing here settles it.
  case launchIsOpen(RecordNumber)
  /// Somebody has answered the question from elsewhere, and that stands.
  case isAnswered(PersonAnswer)
  /// A launch's reply names a run that is recorded as another launch's.
  case runIsTaken(String, by: RunOwner)
}

extension JournalError {
  /// Why, for people.
  public var words: String {
    switch self {
    case .unavailable(let reason): reason
    case .leaseLost(let holder): "another process has taken the execution over: \(holder)"
    case .cancelled: "the write was given up"
    case .contradiction(let words): "the record says otherwise: \(words)"
    case .halted: "nothing new begins there any more"
    case .recordEnds: "the record ends there"
    case .diverged(let effect): "something else is recorded there: \(effect.intent.words)"
    case .wordedOtherwise(let effect): "\(effect.intent.words) was worded otherwise when it was recorded"
    case .launchIsOpen(let number): "it is not known yet what came of the launch \(number)"
    case .isAnswered(let answer): "it was answered before, by \(answer.by)"
    case .runIsTaken(let run, let owner): "run \(run) is another launch's, \(owner.words)"
    }
  }

  /// That of a process that ends over it.
  public var exitStatus: Int32 { if case .leaseLost = self { 75 } else { 3 } }
}

public enum JournalStoreError: Error, Hashable, Sendable {
  case unavailable(String)
  /// It is not whole, in words, and was left as it is.
  case damaged(String)
  case noSuchExecution(String)
  /// Nothing is unfinished.
  case nothingToResume
  /// It has ended for good; `why` for people.
  case hasEnded(id: String, why: String)
  case isHeld(id: String, by: LeaseHolder)
  /// Nothing of it is launched again: no launch that is open is meant.
  case noSuchLaunch(id: String, open: [RecordedEffect])
  /// Several open launches are meant, and each has to be settled by itself.
  case severalLaunches(id: String, open: [RecordedEffect])
  /// The request of the launch may still arrive, or its run be listed.
  case launchIsUnsettled(id: String, until: Timestamp)
  /// What was said answers no question of the execution.
  case isNotAnswered(id: String, AnswerRefusal)
  /// Written by a newer version of the program.
  case newerSchema(found: Int, known: Int)
}

/// Which open launch of an execution a person has launched again, having seen that it did not happen.
public enum LaunchAgain: Hashable, Sendable {
  case none
  /// The only one.
  case only
  /// The one for that date; `nil` for the one without.
  case dated(CalendarDate?)
  case numbered(RecordNumber)

  /// Reads `only`, `2020-12-30`, `none` or `#12`; `nil` for anything else.
  public init?(_ text: String) {
    if text == "only" {
      self = .only
    } else if text == "none" {
      self = .dated(nil)
    } else if let date = CalendarDate(text) {
      self = .dated(date)
    } else if text.hasPrefix("#"), let number = Int64(text.dropFirst()), number > 0 {
      self = .numbered(RecordNumber(number))
    } else {
      return nil
    }
  }

  func means(_ launch: RecordedEffect) -> Bool {
    guard case .launch(_, let date, _, _) = launch.intent else { return false }
    return switch self {
    case .none: false
    case .only: true
    case .dated(let wanted): date == wanted
    case .numbered(let number): launch.number == number
    }
  }
}
