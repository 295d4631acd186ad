import Glibc

/// The process's arguments as they were given. The standard library's own are repaired where they are not UTF-8, without
/// a word; a runbook that says something else than what was typed must not run.
enum RawArguments {
  /// The bytes that became an argument.
  static func bytes(of argument: String) -> [UInt8] {
    guard argument.unicodeScalars.contains("\u{FFFD}") else { return Array(argument.utf8) }
    for index in 1..<max(1, Int(CommandLine.argc)) {
      guard let pointer = CommandLine.unsafeArgv[index], String(cString: pointer) == argument else { continue }
      return Array(UnsafeBufferPointer(start: pointer, count: strlen(pointer)).map { UInt8(bitPattern: $0) })
    }
    return Array(argument.utf8)
  }

  /// The first argument that is not UTF-8, but for a text of `-c`, whose bytes are drawn where they stand.
  static func firstBroken(_ arguments: [String]) -> String? {
    zip([""] + arguments, arguments).first { before, argument in
      before != "-c" && !argument.hasPrefix("-c") && String(validating: bytes(of: argument), as: UTF8.self) == nil
    }?.1
  }
}
