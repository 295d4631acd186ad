import CivilTime
import FoundationEssentials
import TailerAPI
import Testing

@testable import TailerClient

@Suite struct TokenCommandTests {
  private func shell(_ script: String, limit: TimeSpan = .seconds(60)) -> TokenCommand {
    TokenCommand(["/bin/sh", "-c", script], limit: limit)
  }

  private func error(_ command: TokenCommand) async -> TokenError? {
    do throws(TokenError) {
      _ = try await command.fetch()
      return nil
    } catch {
      return error
    }
  }

  private func scratch() -> String {
    FileManager.default.temporaryDirectory.appendingPathComponent("token-\(UUID().uuidString)").path
  }

  @Test func givesTheTokenThatIsPrinted() async throws {
    let jwt = Sample.jwt(until: Sample.now)
    let token = try await shell("echo banner; echo 'User token : \(jwt)'; echo noise >&2").fetch()
    #expect(token == (try Token(jwt)))
    #expect(token.expiry == Sample.now)
  }

  @Test func argumentsAreNotASHellsWords() async throws {
    let token = try await TokenCommand(["/bin/echo", "user_token=$(id);`id`"]).fetch()
    #expect(token == (try Token("$(id);")))
  }

  @Test func isFoundInThePath() async throws {
    #expect(try await TokenCommand(["echo", "user_token=abc"]).fetch() == Token("abc"))
  }

  @Test func aFirstFailureIsTriedOnceMore() async throws {
    let mark = scratch()
    defer { try? FileManager.default.removeItem(atPath: mark) }
    let script = "if [ -e '\(mark)' ]; then echo user_token=abc; else touch '\(mark)'; exit 3; fi"
    #expect(try await shell(script).fetch() == Token("abc"))
  }

  @Test func saysHowItFailed() async {
    #expect(
      await error(shell("echo 'no \u{1B}[31mproject' >&2; exit 3"))
        == .commandFailed(
          command: "/bin/sh -c echo 'no ␛[31mproject' >&2; exit 3", status: "ended with status 3",
          words: "no project"))
    #expect(
      await error(TokenCommand(["no-such-program-anywhere"]))
        == .commandNotStarted(command: "no-such-program-anywhere", reason: "the program was not found"))
    #expect(await error(TokenCommand(["/bin/true"])) == .noTokenInOutput(command: "/bin/true"))
    for command in [TokenCommand([]), TokenCommand([""]), TokenCommand(["/nowhere/at/all"]), TokenCommand(["a\u{0}b"])]
    {
      guard case .commandNotStarted? = await error(command) else {
        Issue.record("\(command.arguments)")
        continue
      }
    }
  }

  @Test func aFailureDoesNotTellTheToken() async {
    let jwt = Sample.jwt(until: Sample.now)
    let failures = [
      await error(shell("echo 'User token : \(jwt)'; exit 1")), await error(shell("echo 'oops \(jwt)' >&2; exit 1")),
      await error(shell("echo user_token=secret >&2; exit 1")),
    ]
    for failure in failures {
      let words = "\(failure.map { "\($0)" } ?? "") \(String(reflecting: failure))"
      #expect(failure != nil)
      #expect(!words.contains("signature-0"))
      if case .commandFailed(_, _, let words)? = failure { #expect(!words.contains("secret")) }
    }
  }

  @Test func outputIsBounded() async {
    guard case .commandFailed(_, let status, _)? = await error(TokenCommand(["/bin/sh", "-c", "yes"])) else {
      Issue.record("an endless output was taken")
      return
    }
    #expect(status == "printed more than 64 KiB")
  }

  @Test func isKilledAtItsLimitWithWhatItStarted() async throws {
    let mark = scratch()
    defer { try? FileManager.default.removeItem(atPath: mark) }
    let script = "trap '' TERM; sleep 1000 & echo $! > '\(mark)'; mv '\(mark)' '\(mark).done'; wait; sleep 1000"
    defer { try? FileManager.default.removeItem(atPath: mark + ".done") }
    let command = shell(script, limit: .seconds(1))
    #expect(
      await error(command) == .commandTimedOut(command: ErrorText.shown("/bin/sh -c \(script)"), after: .seconds(1)))
    let child = try String(contentsOfFile: mark + ".done", encoding: .utf8).filter(\.isNumber)
    for _ in 0..<1000 where isAlive(child) { try await Task.sleep(for: .milliseconds(10)) }
    #expect(!isAlive(child))
  }

  private func isAlive(_ process: String) -> Bool {
    guard let stat = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) else { return false }
    return !stat.contains(") Z ")
  }

  @Test func isKilledWhenTheCallerIsCancelled() async {
    let command = shell("sleep 1000")
    let task = Task { await error(command) }
    task.cancel()
    #expect(await task.value == .cancelled)
  }
}
