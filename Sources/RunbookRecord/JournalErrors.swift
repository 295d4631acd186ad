public import CivilTime

/// Why the record could not be read or written. Nothing that depends on it may then be done.
public enum JournalError: Error, Hashable, Sendable {
  /// In words for the reader: `the disk is full`.
  case unavailable(String)
  /// Another process has taken the execution over.
  case leaseLost(holder: String)
  case cancelled
  /// The record says otherwise, in words: `effect #3, launch p, has an outcome already`.
  case contradiction(String)
  /// A launch's reply names a run that is recorded as another launch's.
  case runIsTaken(String, by: RunOwner)
}

public enum JournalStoreError: Error, Hashable, Sendable {
  case unavailable(String)
  case noSuchExecution(String)
  /// Nothing is unfinished.
  case nothingToResume
  /// It has ended for good; `why` for people.
  case hasEnded(id: String, why: String)
  case isHeld(id: String, by: LeaseHolder)
  /// Nothing of it is launched again: no launch that is open is meant.
  case noSuchLaunch(id: String, open: [JournalEntry])
  /// Several open launches are meant, and each has to be settled by itself.
  case severalLaunches(id: String, open: [JournalEntry])
  /// The request of the launch may still arrive, or its run be listed.
  case launchIsUnsettled(id: String, until: Timestamp)
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
