import Foundation
import ProgramSupport

extension Site {
  /// The program on a terminal, against this site's service.
  func terminal(
    _ arguments: String..., input: String? = nil, output: String? = nil, width: Int = 100, height: Int = 40,
    environment more: [String: String] = [:]
  ) throws -> PseudoTerminal {
    try PseudoTerminal(
      arguments, state: statePath, directory: folder.path, input: input, output: output, width: width, height: height,
      environment: environment.merging(["USER": "ada", "TERM": "xterm", "LC_ALL": "C.UTF-8"]) { $1 }
        .merging(more) { $1 })
  }
}
