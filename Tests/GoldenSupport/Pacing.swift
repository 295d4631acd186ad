/// What an execution told, without what depends on how often it looked: the counts of looks and of requests that only
/// look, the delays in noticing, and looks that found the same as the look before. A golden of it stays as it is when the
/// pauses between looks change; what the execution did to the service stands in it, with its counts.
public func withoutPacing(_ news: String) -> String {
  var lines: [String] = []
  // The looks that stand at the end of what is kept, without their times.
  var looks: Set<Substring> = []
  for line in news.split(separator: "\n", omittingEmptySubsequences: false) {
    if let look = line.wholeMatch(of: /[0-9:]+( +last runs of .*)/)?.output.1 {
      guard looks.insert(look).inserted else { continue }
    } else {
      looks = []
    }
    lines.append(
      costWithoutPacing(line.replacing(/the condition holds, after \d+ looks?/, with: "the condition holds")))
  }
  return lines.joined(separator: "\n")
}

/// `1 launch_job` of `21 requests (16 check_run_status, 4 get_last_status, 1 launch_job); 1 await took 16 looks and noticed
/// 4s after the end` stays; other lines stay as they are.
private func costWithoutPacing(_ line: some StringProtocol) -> String {
  let cost = /\d+ requests? \((?<kinds>[^;)]*)(?<rest>.*)/
  guard let match = String(line).wholeMatch(of: cost) else { return String(line) }
  let reads: Set<Substring> = ["check_run_status", "get_last_status", "get_by_status"]
  let kinds = match.kinds.split(separator: ", ").filter { !reads.contains($0.drop { $0 != " " }.dropFirst()) }
  let rest = match.rest
    .replacing(/; \d+ of them again/, with: "; some of them again")
    .replacing(/took \d+ looks?/, with: "took … looks")
    .replacing(/noticed \S+ after the end/, with: "noticed … after the end")
    .replacing(/at the latest, \S+ in the middle/, with: "at the latest, … in the middle")
  return "… requests (\((kinds + ["…"]).joined(separator: ", "))\(rest)"
}
