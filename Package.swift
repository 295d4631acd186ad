// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

func room(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

let package = Package(
  name: "runbook",
  platforms: [.macOS(.v15)],
  targets: [
    room("CivilTime"),
    room("TailerAPI", ["CivilTime"]),
    room("RunbookDiagnostics"),
    room("RunbookSyntax", ["CivilTime", "RunbookDiagnostics"]),
    room("RunbookEvaluator", ["CivilTime", "TailerAPI", "RunbookDiagnostics", "RunbookSyntax", "RunbookChecker"]),
    room("RunbookChecker", ["CivilTime", "TailerAPI", "RunbookDiagnostics", "RunbookSyntax"]),
  ]
)
