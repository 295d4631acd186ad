import ArgumentParser
import CivilTime
import Glibc
import RunbookJournal
import RunbookRecord
import RunbookTerminal
import TailerAPI
import TailerClient
import VisibleText

struct JournalCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    .journal, subcommands: [JournalCheckCommand.self, JournalBackupCommand.self])
}

struct JournalCheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(.journalCheck)

  @OptionGroup var profile: ProfileOptions
  @OptionGroup var journal: JournalOptions
  @Option(
    help: ArgumentHelp("Write what can be saved of a damaged journal into this new file.", valueName: "file"),
    completion: .file())
  var repair: String?

  func run() async throws {
    try await CommandRunner.run {
      let surroundings = try Surroundings(profile, journal)
      let folder = try surroundings.journalFolder()
      let file = try repair.map { try surroundings.newFile($0) }
      let verdict: JournalCare.Verdict
      do throws(JournalStoreError) {
        verdict = try JournalCare(of: folder).check(savingTo: file, by: surroundings.user, at: RealClock().now)
      } catch {
        throw error.failureOfFiles
      }
      let out = OutputChannel.standardOutput
      guard let damage = verdict.damage else {
        guard repair == nil else {
          throw CommandFailure(
            "the journal in \(folder) is sound; `runbook journal backup FILE` makes a copy", status: 64)
        }
        out.write(
          "the journal in \(folder) is sound, as far as its pages and rows tell: \(verdict.content?.words ?? "")\n")
        return 0
      }
      out.write("the journal is damaged: \(damage)\n")
      guard let content = verdict.content else {
        out.write(
          "nothing of it can be saved; move \(folder)/journal.* away, and a backup to \(folder)/journal.sqlite\n")
        out.write("without a backup, look at the operations' runs before you launch anything\n")
        return 3
      }
      out.write(content.lines(saved: repair != nil).map { "\($0)\n" }.joined())
      guard let repair else {
        out.write("`runbook journal check --repair FILE` writes that into a new file\n")
        return 3
      }
      out.write(
        "it was written to \(repair); to go on with it, move \(folder)/journal.* away, and the new file to \(folder)/journal.sqlite\n"
      )
      return 0
    }
  }
}

struct JournalBackupCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(.journalBackup)

  @OptionGroup var profile: ProfileOptions
  @OptionGroup var journal: JournalOptions
  @Argument(help: "The new file.", completion: .file()) var file: String

  func run() async throws {
    try await CommandRunner.run {
      let surroundings = try Surroundings(profile, journal)
      let folder = try surroundings.journalFolder()
      let path = try surroundings.newFile(file)
      do throws(JournalStoreError) {
        let count = try JournalCare(of: folder).backUp(to: path)
        OutputChannel.standardError.write(
          "copied \(count) execution\(count == 1 ? "" : "s") to \(file)\n")
        return 0
      } catch {
        throw error.failureOfFiles
      }
    }
  }
}

extension Surroundings {
  /// Where a file is to be made that a person names.
  fileprivate func newFile(_ name: String) throws -> String {
    let path = name.hasPrefix("/") ? name : "\(directory)/\(name)"
    guard access(path, F_OK) != 0 else {
      throw CommandFailure("\(name) is there already, and is left as it is", status: 64)
    }
    return path
  }
}

extension JournalStoreError {
  /// The same where the words name the file that is meant, which need not be the journal.
  fileprivate var failureOfFiles: CommandFailure {
    if case .unavailable(let words) = self { CommandFailure("\(words)", status: 3) } else { failure }
  }
}

extension JournalCare.Content {
  fileprivate var words: String {
    (executions == 1 ? "1 execution" : "\(executions) executions")
      + (latest.map { ", the latest begun \($0.plainMoment)" } ?? "")
  }

  /// What was or can be saved, and what was not.
  fileprivate func lines(saved: Bool) -> [String] {
    var lines = ["\(saved ? "saved" : "can be saved"): \(words)"]
    if unreadable > 0 {
      lines.append(
        "\(unreadable == 1 ? "1 execution" : "\(unreadable) executions") that cannot be read \(unreadable == 1 ? "is" : "are") left out"
      )
    }
    guard !isWhole else { return lines + (unreadable == 0 ? ["nothing that was recorded is missing"] : []) }
    lines.append("something that was recorded may be missing: look at the operations' runs before you launch anything")
    if !givenUp.isEmpty {
      lines.append(
        "given up in it, since what they did last is not known: \(givenUp.joined(separator: ", ").printable)")
    }
    return lines
  }
}
