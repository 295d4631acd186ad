import ArgumentParser
import CivilTime
import Coordination
import Foundation
import RunbookEvaluator
import RunbookRecord
import RunbookTerminal
import TailerAPI
import TailerSimulator
import VisibleText

struct SimulateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(.simulate)

  @Option(help: "The port; 0 lets the system choose.") var port = 0
  @Option(help: "The loopback address to listen on.") var host = "127.0.0.1"
  @Option(help: ArgumentHelp("PEM file with the certificate; with it TLS and HTTP/2 are spoken.", valueName: "file"))
  var certificate: String?
  @Option(help: ArgumentHelp("PEM file with the certificate's key.", valueName: "file")) var key: String?
  @Option(help: "How much faster than real time it goes.") var speed = 1.0
  @Flag(name: [.short, .long], help: "No line for each request.") var quiet = false
  @Argument(help: "The scenario file, with a path in it after `#`.") var scenario = ""

  func run() async throws {
    try await CommandRunner.run {
      guard speed > 0, speed <= 1_000_000 else {
        throw CommandFailure("--speed has to be from just above 0 to 1000000", status: 64)
      }
      let scenario = try ScenarioChoice.load(
        scenario, beside: nil, directory: FileManager.default.currentDirectoryPath)
      let pair: SimulatorServer.Certificate?
      switch (certificate, key) {
      case (nil, nil): pair = nil
      case (let certificate?, let key?): pair = .init(chain: certificate, privateKey: key)
      default: throw CommandFailure("--certificate and --key go together", status: 64)
      }
      let news = OutputChannel.standardError
      let isQuiet = quiet
      let simulator = Simulator(scenario)
      let told = EffectsTold(of: simulator)
      let server = SimulatorServer(
        simulator, clock: ScaledClock(startingAt: scenario.now, speed: speed), host: host, port: port,
        certificate: pair
      ) { exchange in
        if !isQuiet {
          let line: ScreenText =
            "\(exchange.version.rawValue) \(exchange.path) \(exchange.code.map(String.init) ?? "closed")\n"
          news.write(line + told.news().map { "  \($0)\n" }.joined())
        }
      }
      let scheme = pair == nil ? "http" : "https"
      let name = pair != nil ? "localhost" : host.contains(":") ? "[\(host)]" : host
      let serving = Task { () async -> SimulatorServerError? in
        do throws(SimulatorServerError) {
          try await server.run { port in OutputChannel.standardOutput.write("\(scheme)://\(name):\(port)\n") }
          return nil
        } catch {
          return error
        }
      }
      let interruption = Interruption()
      let signals = Signals(raising: interruption)
      let stopping = Task {
        await interruption.raised()
        serving.cancel()
      }
      let failure = await serving.value
      stopping.cancel()
      withExtendedLifetime(signals) {}
      if let failure { throw CommandFailure("\(failure)", status: 3) }
      return 0
    }
  }
}

/// What requests have changed on the platform, each told once.
private final class EffectsTold: Sendable {
  private let simulator: Simulator
  private let told = Guarded(0)

  init(of simulator: Simulator) { self.simulator = simulator }

  func news() -> [String] {
    told.withLock { told in
      let effects = simulator.effects
      defer { told = effects.count }
      return effects.dropFirst(told).map(\.words)
    }
  }
}

extension Effect {
  fileprivate var words: String {
    switch self {
    case .launched(let run, let operation, let date):
      "launched run \(run) of \(operation)\(date.map { " on \($0)" } ?? "")".printable
    case .marked(let run, let operation, let status): "marked run \(run) of \(operation) as \(status.name)".printable
    case .reset(let workflow): "reset \(workflow)".printable
    case .activation(let operation, let activation): "\(activation.rawValue) \(operation)".printable
    }
  }
}
