import ArgumentParser
import Foundation
import Glibc
import RunbookDiagnostics
import RunbookFormatter
import RunbookSession
import RunbookSyntax
import RunbookTerminal
import VisibleText

struct FormatCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(.fmt)

  @Flag(help: "Change nothing; name the files that would change, and end with 1 where there are any.") var check = false
  @ArgumentParser.Argument(help: "Runbooks; `-` is standard input, laid out on standard output.") var files: [String]

  func run() async throws {
    try await CommandRunner.run {
      let directory = FileManager.default.currentDirectoryPath
      var worst: Int32 = 0
      for file in files {
        let input: Input
        do {
          input = try Input(file: file, text: nil, words: [], directory: directory)
        } catch let failure as CommandFailure {
          OutputChannel.standardError.write("runbook: \(failure.message)\n")
          worst = max(worst, failure.status)
          continue
        }
        worst = max(worst, try layOut(input))
      }
      return worst
    }
  }

  /// The exit status that one file asks for.
  private func layOut(_ input: Input) throws -> Int32 {
    let (source, news) = (input.source, OutputChannel.standardError)
    let result = RunbookSyntax.parse(source)
    guard let text = formatted(result) else {
      let appearance = Appearance(of: news, variables: ProcessInfo.processInfo.environment)
      let renderer = DiagnosticRenderer(
        sources: SourceMap([source]), hasColour: appearance.hasColour, width: appearance.width)
      news.write(renderer.render(result.diagnostics) + "\n")
      return 2
    }
    let isLaidOut = source.bytes.elementsEqual(text.utf8)
    if check {
      if !isLaidOut { OutputChannel.standardOutput.write("\(source.name)\n") }
      return isLaidOut ? 0 : 1
    }
    guard let path = input.path else {
      OutputChannel.standardOutput.write(file: text)
      return 0
    }
    if !isLaidOut { try FileReplacement.write(Array(text.utf8), to: path) }
    return 0
  }
}

/// Puts a new text in the place of a file's, whole or not at all, with the file's permissions and through its links.
enum FileReplacement {
  static func write(_ bytes: [UInt8], to path: String) throws(CommandFailure) {
    let problem = { CommandFailure("\(path) could not be written: \(String(cString: strerror(errno)))", status: 2) }
    guard let real = realpath(path, nil) else { throw problem() }
    defer { free(real) }
    let facts = try? FileManager.default.attributesOfItem(atPath: String(cString: real))
    guard let permissions = facts?[.posixPermissions] as? Int, access(real, W_OK) == 0 else { throw problem() }
    var draft = Array("\(String(cString: real)).XXXXXX".utf8CString)
    let descriptor = mkstemp(&draft)
    guard descriptor >= 0 else { throw problem() }
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 else { break }
      rest = rest.dropFirst(count)
    }
    let isWhole = rest.isEmpty && fchmod(descriptor, mode_t(permissions & 0o7777)) == 0 && fsync(descriptor) == 0
    let failure = problem()
    close(descriptor)
    if isWhole, rename(draft, real) == 0 { return }
    unlink(draft)
    throw failure
  }
}
