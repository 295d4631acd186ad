import CivilTime
import RunbookChecker
import RunbookDiagnostics
import VisibleText

/// A plan as lines for people: what would be done, in order, under what stands around it, with the place.
struct PlanText {
  let text: ScreenText

  init(_ plan: Plan, sources: SourceMap, defaultTimeout: TimeSpan) {
    var lines: [ScreenText] = []
    for step in plan.steps {
      let indent = String(repeating: "  ", count: min(step.around.count, 12))
      let place = sources[step.range.source].map { source -> ScreenText in
        "  (\(source.name):\(source.position(of: Int(step.range.lower)).line))"
      }
      let heading = step.around.last.map { "\($0.words): " } ?? ""
      lines.append("\(indent)\(heading)\(step.action.words)\(place ?? "")")
    }
    if plan.isCut { lines.append("… and more, in calls of calls") }
    if lines.isEmpty { lines.append("nothing: it neither asks the service nor a person") }
    lines.append("the default deadline is \(defaultTimeout)")
    text = lines.map { $0 + "\n" }.joined()
  }
}
