// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

/// For the rules of the record and the exploration of them: their tests go through hundreds of thousands of states, and take
/// minutes without it.
let optimized: [SwiftSetting] = [.unsafeFlags(["-O"])]

/// One room of the program. Its name says what it is responsible for; `ArchitectureTests` reads the imports and refuses
/// any arrow that is not here.
func room(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: dependencies, swiftSettings: settings)
}

let package = Package(
  name: "runbook",
  platforms: [.macOS(.v15)],
  products: [.executable(name: "runbook", targets: ["runbook"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    // The Swift server group's client, and a server on the same NIO stack, so that TLS and HTTP/2 are well trodden on
    // both ends.
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-http2", from: "1.46.0"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    // Maps whose versions share what they have in common, for what the checker knows on many ways at once, and queues: of
    // what is due at moments, and of who waits.
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    // Runs the token command without a shell.
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
    // Configuration and scenarios are YAML, which data engineers write all day.
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    // The journal's SQLite, with migrations and safe access from several processes.
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
  ],
  targets: [
    room("Coordination", [.product(name: "DequeModule", package: "swift-collections")]),
    room("CivilTime", [.product(name: "HeapModule", package: "swift-collections")]),
    room("VisibleText", ["Coordination"]),
    room("TailerAPI", ["Coordination", "CivilTime", "VisibleText"]),
    room("RunbookDiagnostics", ["VisibleText"]),
    room("YAMLDocuments", ["RunbookDiagnostics", .product(name: "Yams", package: "Yams")]),
    room("RunbookSyntax", ["CivilTime", "RunbookDiagnostics"]),
    room("RunbookFormatter", ["RunbookDiagnostics", "RunbookSyntax"]),
    room("RunbookReference", ["RunbookDiagnostics", "RunbookSyntax"]),
    room(
      "RunbookChecker",
      [
        "CivilTime", "TailerAPI", "RunbookDiagnostics", "RunbookSyntax",
        .product(name: "HashTreeCollections", package: "swift-collections"), "VisibleText",
      ]),
    .target(
      name: "RunbookRecord", dependencies: ["CivilTime", "TailerAPI", "RunbookSyntax"],
      swiftSettings: settings + optimized),
    room(
      "RunbookEvaluator",
      [
        "Coordination", "CivilTime", "TailerAPI", "RunbookDiagnostics", "RunbookSyntax", "RunbookChecker",
        "RunbookRecord",
      ]),
    room(
      "RunbookJournal",
      [
        "Coordination", "CivilTime", "TailerAPI", "RunbookRecord", .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "GRDBSQLite", package: "GRDB.swift"),
      ]),
    room(
      "RunbookSession",
      [
        "Coordination", "CivilTime", "TailerAPI", "RunbookDiagnostics", "RunbookSyntax", "RunbookChecker",
        "RunbookRecord",
        "RunbookEvaluator", "YAMLDocuments",
        .product(name: "Yams", package: "Yams"),
      ]),
    room(
      "RunbookTerminal",
      [
        "Coordination", "CivilTime", "TailerAPI", "RunbookDiagnostics", "RunbookSyntax", "RunbookChecker",
        "RunbookRecord",
        "RunbookEvaluator",
        "RunbookSession", "VisibleText",
      ]),
    .systemLibrary(name: "CReadline", providers: [.apt(["libreadline-dev"])]),
    room(
      "RunbookPrompt",
      [
        "Coordination", "CivilTime", "TailerAPI", "RunbookDiagnostics", "RunbookSyntax", "RunbookFormatter",
        "RunbookReference",
        "RunbookChecker", "RunbookRecord", "RunbookEvaluator", "RunbookSession", "RunbookTerminal", "CReadline",
        "VisibleText",
      ]),
    room(
      "TailerClient",
      [
        "Coordination", "CivilTime", "TailerAPI", "VisibleText",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOHTTP2", package: "swift-nio-http2"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "Subprocess", package: "swift-subprocess"),
      ]),
    room(
      "TailerSimulator",
      [
        "Coordination", "CivilTime", "TailerAPI", "RunbookDiagnostics", "YAMLDocuments",
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "HummingbirdHTTP2", package: "hummingbird"),
        .product(name: "DequeModule", package: "swift-collections"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Yams", package: "Yams"),
      ]),
    .executableTarget(
      name: "runbook",
      dependencies: [
        "Coordination", "CivilTime", "TailerAPI", "RunbookDiagnostics", "RunbookSyntax", "RunbookFormatter",
        "RunbookReference",
        "RunbookChecker", "RunbookRecord", "RunbookEvaluator", "RunbookJournal", "RunbookSession", "RunbookTerminal",
        "RunbookPrompt",
        "TailerClient", "TailerSimulator", "VisibleText", "YAMLDocuments",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),

    // Journals as those see them who stand between.
    .target(
      name: "RecordSupport", dependencies: ["CivilTime", "TailerAPI", "RunbookRecord"], path: "Tests/RecordSupport",
      swiftSettings: settings),

    // The tests' own tools: runbooks on virtual time.
    .target(
      name: "RehearsalSupport",
      dependencies: [
        "Coordination", "CivilTime", "TailerAPI", "RunbookDiagnostics", "RunbookSyntax", "RunbookChecker",
        "RunbookRecord",
        "RunbookEvaluator", "RunbookJournal",
        "RunbookSession", "TailerClient", "TailerSimulator", "RecordSupport", "VisibleText",
      ],
      path: "Tests/RehearsalSupport", swiftSettings: settings),

    // How much of what is drawn at random the tests draw.
    .target(name: "SeedSupport", path: "Tests/SeedSupport", swiftSettings: settings),

    // The real program as a process, and in a pseudo-terminal with the screen that a person would see.
    .target(name: "ProgramSupport", path: "Tests/ProgramSupport", swiftSettings: settings),

    // Marks the faults that stand, so that the run fails once one passes unnoticed.
    .target(name: "FaultSupport", path: "Tests/FaultSupport", swiftSettings: settings),

    // Sources and what is made of them, side by side in one file.
    .target(
      name: "GoldenSupport", dependencies: ["RunbookDiagnostics", "VisibleText"], path: "Tests/GoldenSupport",
      swiftSettings: settings),
    tests("VisibleTextTests", ["VisibleText"]),
    tests("RunbookDiagnosticsTests", ["RunbookDiagnostics", "VisibleText"]),
    tests(
      "RunbookSyntaxTests",
      [
        "CivilTime", "RunbookDiagnostics", "RunbookSyntax", "RunbookFormatter", "GoldenSupport", "SeedSupport",
        "VisibleText",
      ]),
    tests(
      "RunbookCheckerTests",
      [
        "CivilTime", "TailerAPI", "RunbookDiagnostics", "RunbookSyntax", "RunbookChecker", "GoldenSupport",
        "SeedSupport",
      ]),
    tests(
      "RunbookTerminalTests",
      ["CivilTime", "TailerAPI", "RunbookSyntax", "RunbookRecord", "RunbookEvaluator", "RunbookTerminal"]),
    // What is damaged or hostile, drawn from seeds.
    tests(
      "AttackTests",
      [
        "CivilTime", "TailerAPI", "RunbookDiagnostics", "RunbookSyntax", "RunbookFormatter", "RunbookChecker",
        "RunbookSession", "TailerClient", "TailerSimulator", "SeedSupport", "VisibleText", "YAMLDocuments",
      ]),
    tests(
      "YAMLDocumentsTests",
      [
        "RunbookDiagnostics", "YAMLDocuments", "SeedSupport", "VisibleText", .product(name: "Yams", package: "Yams"),
      ]),
    tests(
      "RunbookSessionTests",
      ["CivilTime", "RunbookRecord", "RunbookEvaluator", "RunbookSession", "YAMLDocuments", "SeedSupport"]),
    tests("CoordinationTests", ["Coordination"]),
    tests("CivilTimeTests", ["CivilTime"]),
    tests(
      "TailerSimulatorTests",
      [
        "CivilTime", "TailerAPI", "TailerSimulator", "YAMLDocuments", "SeedSupport",
        .product(name: "Subprocess", package: "swift-subprocess"),
      ]),
    tests(
      "TailerClientTests",
      [
        "Coordination", "CivilTime", "TailerAPI", "TailerClient", "TailerSimulator", "FaultSupport", "SeedSupport",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "Subprocess", package: "swift-subprocess"),
      ]),
    .testTarget(
      name: "RunbookRecordTests",
      dependencies: ["CivilTime", "TailerAPI", "RunbookSyntax", "RunbookRecord", "SeedSupport"],
      swiftSettings: settings + optimized),
    tests(
      "RunbookJournalTests",
      [
        "Coordination", "CivilTime", "TailerAPI", "TailerSimulator", "RunbookSyntax", "RunbookRecord",
        "RunbookEvaluator", "RunbookJournal", "FaultSupport", "SeedSupport", "RecordSupport", "GoldenSupport",
        .product(name: "GRDB", package: "GRDB.swift"),
      ]),
    tests(
      "RunbookEvaluatorTests",
      [
        "CivilTime", "TailerAPI", "RunbookDiagnostics", "RunbookSyntax", "RunbookChecker", "RunbookRecord",
        "RunbookEvaluator", "RunbookJournal",
        "TailerClient", "TailerSimulator", "RehearsalSupport", "FaultSupport", "GoldenSupport", "SeedSupport",
        "RecordSupport",
      ]),
    tests(
      "RunbookPromptTests",
      [
        "CivilTime", "TailerAPI", "RunbookDiagnostics", "RunbookSyntax", "RunbookChecker", "RunbookRecord",
        "RunbookEvaluator", "RunbookJournal",
        "RunbookSession", "RunbookTerminal", "RunbookPrompt", "RunbookFormatter", "RunbookReference", "TailerClient",
        "TailerSimulator", "RehearsalSupport", "ProgramSupport", "FaultSupport", "VisibleText", "runbook",
      ]),
    tests(
      "RunbookTests",
      [
        "runbook", "CivilTime", "TailerAPI", "RunbookDiagnostics", "RunbookSyntax", "RunbookReference", "RunbookRecord",
        "RunbookEvaluator", "RunbookTerminal", "TailerSimulator", "GoldenSupport", "ProgramSupport", "SeedSupport",
        "FaultSupport",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "GRDB", package: "GRDB.swift"),
      ]),
  ]
)

// What can be measured within a process only; `Tests/Benchmarks/run` asks for it, and no other build pays for it.
if Context.environment["RUNBOOK_BENCHMARK"] != nil {
  package.targets.append(
    .executableTarget(
      name: "BenchmarkParts",
      dependencies: ["CivilTime", "TailerAPI", "RunbookRecord", "RunbookEvaluator", "RunbookJournal", "TailerClient"],
      path: "Tests/Benchmarks/Parts", swiftSettings: settings))
}
