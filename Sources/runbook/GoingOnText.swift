import CivilTime
import RunbookEvaluator
import RunbookRecord
import RunbookSession
import RunbookTerminal
import TailerAPI
import VisibleText

/// With which text an execution goes on: the recorded one, unless a person says otherwise, for what was done was done by it.
struct GoingOnText {
  let header: ExecutionHeader
  let conduct: ConductOptions

  private static let namesOfNoFile: Set = [Input.namesOfNoFile.text, Input.namesOfNoFile.input]

  /// Says what has become of the files since they were recorded; where somebody is there who can be asked, they choose.
  ///
  /// - Parameter isEdited: Whether the command line has chosen the files as they are now.
  func choose(isEdited: Bool) async throws -> RecordedSources.Text {
    if isEdited, Self.namesOfNoFile.contains(header.name) {
      throw CommandFailure(
        "\(header.id) was begun with \(header.name), which is no file that could have been edited", status: 64)
    }
    let changes = RecordedSources.changes(of: header, besides: Self.namesOfNoFile)
    for change in changes where isEdited {
      guard case .lost(let why) = change.kind else { continue }
      throw CommandFailure(
        "\(change.name) \(why), and cannot be taken as it is now; without --edited the recorded text goes on",
        status: 64)
    }
    for change in changes where !conduct.quiet {
      switch change.kind {
      case .unreadable(let why) where !isEdited, .lost(let why):
        OutputChannel.standardError.write("\(change.name.printable) \(why); its text is the recorded one\n")
      case .unreadable, .edited: continue
      }
    }
    let edited = changes.compactMap { change in
      if case .edited(let difference) = change.kind { (name: change.name, difference: difference) } else { nil }
    }
    guard !edited.isEmpty else { return isEdited ? .edited : .recorded }
    if isEdited { return .edited }
    let account = edited.map { "\($0.name.printable) differs in \($0.difference.counted)" }.joined(separator: ", ")
    guard !conduct.yes, conduct.output == .lines, TerminalPeople.isThere() else {
      OutputChannel.standardError.write(
        "\(account) from what is recorded of \(header.id), which goes on with the recorded text; --edited takes the file\n"
      )
      return .recorded
    }
    let person = TerminalPeople(user: "")
    let heading: ScreenText = "\(account) from what is recorded of \(header.id).\n"
    let question: ScreenText = "Go on with the recorded text, with the file as it is now, or show the lines? [r/f/s] "
    do throws(PeopleError) {
      var before = heading
      while true {
        switch try await person.word(after: "\(before)\(question)", of: ["recorded", "file", "show"]) {
        case "recorded": return .recorded
        case "file": return .edited
        case nil: throw .nobodyThere
        default: before = edited.map { Self.shown($0.name, $0.difference) }.joined()
        }
      }
    } catch {
      throw CommandFailure("\(header.id) is left as it is: it was not said which text goes on", status: 7)
    }
  }

  private static let shownLines = 60

  private static func shown(_ name: String, _ difference: TextDifference) -> ScreenText {
    let lines = difference.excerpt()
    let rest: [ScreenText] = lines.count > shownLines ? ["… and \(lines.count - shownLines) lines more\n"] : []
    return (["\(name):\n"] + lines.prefix(shownLines).map { "\($0)\n" } + rest).joined()
  }
}

extension TextDifference {
  fileprivate var counted: String { count == 1 ? "1 line" : "\(count) lines" }
}
