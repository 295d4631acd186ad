import Foundation
import Glibc
import RunbookChecker
import RunbookSession

/// `$VISUAL` or `$EDITOR` on a file of its own, readable by its owner alone, which is gone afterwards.
struct ExternalEditor {
  let variables: [String: String]

  /// Blocks until the editor ends.
  func edit(_ text: String) -> Result<String, EditorFailure> {
    let named = [variables["VISUAL"], variables["EDITOR"]].compactMap { $0 }.first { !$0.isEmpty }
    guard let command = named else { return .failure(EditorFailure("neither $VISUAL nor $EDITOR is set")) }
    var template = Array("\(NSTemporaryDirectory())/prompt-XXXXXX.runbook".utf8CString)
    let descriptor = mkstemps(&template, 8)
    guard descriptor >= 0 else { return .failure(EditorFailure("no file could be made for it")) }
    let path = template.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
    defer { unlink(path) }
    let bytes = Array(text.utf8)
    let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    Glibc.close(descriptor)
    guard count == bytes.count else { return .failure(EditorFailure("its file could not be written")) }
    // As git and psql do: the variable is a command of the shell, the file its argument.
    guard let status = Self.spawn(["/bin/sh", "-c", "\(command) \"$1\"", "sh", path]) else {
      return .failure(EditorFailure("`\(command)` could not be started"))
    }
    guard status == 0 else { return .failure(EditorFailure("`\(command)` failed")) }
    do throws(SourceLoadError) {
      guard let text = String(validating: try SourceFiles.read(path), as: UTF8.self) else {
        return .failure(EditorFailure("what the editor left is not UTF-8"))
      }
      return .success(text)
    } catch {
      return .failure(EditorFailure(error.reason))
    }
  }

  /// The exit status; `nil` where it did not start. Ctrl-C is the editor's while it runs.
  private static func spawn(_ words: [String]) -> Int32? {
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var defaults = sigset_t()
    sigemptyset(&defaults)
    for number in [SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGWINCH, SIGCONT] { sigaddset(&defaults, number) }
    posix_spawnattr_setsigdefault(&attributes, &defaults)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
    var arguments = words.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var process = pid_t()
    guard posix_spawn(&process, words[0], nil, &attributes, &arguments, environ) == 0 else { return nil }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0 { if errno != EINTR { return nil } }
    return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128
  }
}
