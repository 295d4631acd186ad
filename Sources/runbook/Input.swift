import ArgumentParser
import Foundation
import RunbookChecker
import RunbookDiagnostics
import RunbookSession
import RunbookTerminal
import VisibleText
import YAMLDocuments

/// Where a runbook's text comes from, and the words behind it.
struct Input {
  let source: SourceText
  let files: SourceFiles
  /// `NAME=VALUE`, in order.
  let arguments: [String]
  /// The path, where it is a file.
  let path: String?

  /// What a text is called that stands in no file. A pipe or a descriptor is none: nobody finds the text there again.
  static let namesOfNoFile = (text: "-c", input: "standard input")

  /// Reads a file, `-` for standard input, or the text of `-c`.
  init(file: String?, text: String?, words: [String], directory: String) throws {
    var words = words
    files = SourceFiles(directory: directory)
    if let text {
      source = SourceText(id: SourceID(0), name: Self.namesOfNoFile.text, bytes: RawArguments.bytes(of: text))
      if let file { words.insert(file, at: 0) }
      path = nil
    } else {
      guard let file, !file.isEmpty else {
        throw ValidationError("Name a file, `-` for standard input, or give a text with -c.")
      }
      do throws(SourceLoadError) {
        if file == "-" {
          source = SourceText(
            id: SourceID(0), name: Self.namesOfNoFile.input, bytes: try SourceFiles.read(descriptor: 0))
          path = nil
        } else {
          let absolute = file.hasPrefix("/") ? file : "\(directory)/\(file)"
          let isLost = SourceFiles.whyLost(absolute) != nil
          let bytes = try SourceFiles.read(absolute)
          source = SourceText(id: SourceID(0), name: isLost ? Self.namesOfNoFile.input : file, bytes: bytes)
          path = isLost ? nil : file
        }
      } catch {
        throw CommandFailure("\(file): \(error.reason)", status: 2)
      }
    }
    arguments = words
  }
}

/// A failure of the command itself, in one line, with its exit status.
struct CommandFailure: Error {
  let message: ScreenText
  let status: Int32
  private var isDrawn = false

  init(_ message: ScreenText, status: Int32) {
    self.message = message
    self.status = status
  }

  /// One whose words have been told already.
  init(status: Int32) { self.init("", status: status) }

  /// One that is told as what is wrong with a runbook is: with the lines that it is about.
  ///
  /// - Parameter id: What kind of file it is.
  init(drawing error: DocumentError, as id: String, status: Int32) {
    let appearance = Appearance(of: .standardError, variables: ProcessInfo.processInfo.environment)
    let renderer = DiagnosticRenderer(
      sources: SourceMap([error.source]), hasColour: appearance.hasColour, width: appearance.width)
    self.init(renderer.render(error.diagnostics(id: id)), status: status)
    isDrawn = true
  }

  func tell() {
    if !message.isEmpty { OutputChannel.standardError.write(isDrawn ? message + "\n" : "runbook: \(message)\n") }
  }
}
