import RunbookDiagnostics
import RunbookSyntax

/// A statement at the top level of a file or of one that it includes, in the order in which they are evaluated.
struct Item {
  let statement: Statement
  let order: Int
  /// The innermost `include` that brought it in.
  let include: SourceRange?
}

extension Checker {
  /// How many files may include each other in a row.
  static let includeLimit = 32

  /// Lists what is to be walked over, reads what is included, and notes what the files declare.
  mutating func collect() {
    let main = program.source.name
    var canonical = [main]
    if let file = main.split(separator: "/").last { canonical.append(context.loader.resolve(String(file), from: main)) }
    var reading = Reading(path: [canonical.last ?? main])
    collect(program, include: nil, &reading)
  }

  private struct Reading {
    /// The files being read, outermost first, by their canonical names.
    var path: [String]
    var first: [String: SourceRange] = [:]
    var ids: [String: SourceID] = [:]
    var order = 0
  }

  private mutating func collect(_ program: Program, include: SourceRange?, _ reading: inout Reading) {
    for statement in program.statements {
      reading.order += 1
      let item = Item(statement: statement, order: reading.order, include: include)
      if case .include(let path) = statement.kind {
        self.include(path, statement.range, &reading)
      } else if include == nil || statement.isDeclaration {
        note(statement, order: reading.order)
        items.append(item)
      } else if let include {
        if case .invalid = statement.kind { unreadableRanges.append(statement.range) }
        if !statement.isInvalid {
          report(
            IncludeProblem.notDeclarations(
              program.source.name, statement: statement.range, at: include))
        }
      }
    }
  }

  private mutating func note(_ statement: Statement, order: Int) {
    func declares(_ name: Name) {
      if declaredLater[name.text] == nil { declaredLater[name.text] = LaterName(order: order, range: name.range) }
    }
    switch statement.kind {
    case .declaration(let declaration): declares(declaration.name)
    case .parameter(let parameter): declares(parameter.name)
    case .step(_, let body):
      for inner in body.statements where !inner.isSetup { note(inner, order: order) }
    case .procedure(let procedure):
      let name = procedure.name.text
      if let earlier = procedures[name], !context.isInteractive || earlier.isFromThisText {
        report(
          NameProblem.alreadyDeclared(
            name, at: procedure.name.range, earlier: earlier.procedure.name.range))
      } else {
        procedures[name] = ProcedureRecord(procedure, order: order, isFromThisText: true)
      }
    case .invalid: unreadableRanges.append(statement.range)
    default: break
    }
  }

  private mutating func include(_ expression: Expression, _ range: SourceRange, _ reading: inout Reading) {
    if case .invalid = expression.kind { return }
    guard let path = expression.literalText else {
      report(ValueProblem.notSpelledOut(role: "the path of an `include`", at: expression.range))
      return
    }
    let including = sources[range.source]?.name ?? program.source.name
    let name = context.loader.resolve(path, from: including)
    defer { if let id = reading.ids[name] { includes[range.source, default: []].insert(id) } }
    if let start = reading.path.firstIndex(of: name) {
      report(IncludeProblem.cycle(reading.path[start...] + [name], at: range))
      return
    }
    guard reading.path.count <= Self.includeLimit else {
      report(IncludeProblem.tooDeep(limit: Self.includeLimit, at: range))
      return
    }
    if let earlier = reading.first[name] {
      // Two files may share a third; one file that asks twice has made a mistake.
      if earlier.source == range.source { report(IncludeProblem.twice(path, at: range, earlier: earlier)) }
      return
    }
    reading.first[name] = range
    let bytes: [UInt8]
    do throws(SourceLoadError) {
      bytes = try context.loader.load(name)
    } catch {
      report(IncludeProblem.unreadable(path, reason: error.reason, at: expression.range))
      return
    }
    guard bytes.count <= SourceText.sizeLimit else {
      let reason = "it is longer than \(SourceText.sizeLimit >> 20) MB"
      report(IncludeProblem.unreadable(path, reason: reason, at: expression.range))
      return
    }
    let source = SourceText(id: sources.nextID, name: name, bytes: bytes)
    sources.add(source)
    includers[source.id] = range
    reading.ids[name] = source.id
    let result = parse(source)
    for diagnostic in result.diagnostics { report(diagnostic) }
    included[range] = result.program
    reading.path.append(name)
    collect(result.program, include: range, &reading)
    reading.path.removeLast()
  }
}

extension Checker {
  /// Whether the text of one source sees what another declares: its own, and what it includes by whatever way.
  mutating func sees(_ source: SourceID?, from here: SourceID) -> Bool {
    // What earlier entries at the prompt have declared is seen by entries, and not by the files that they include.
    guard let source else { return includers[here] == nil }
    if source == here { return true }
    if let known = reach[here] { return known.contains(source) }
    var found: Set<SourceID> = [here]
    var open = [here]
    while let next = open.popLast() {
      for id in includes[next] ?? [] where found.insert(id).inserted { open.append(id) }
    }
    reach[here] = found
    return found.contains(source)
  }
}

extension Statement {
  /// Whether an included file may hold it.
  var isDeclaration: Bool {
    switch kind {
    case .account, .environment, .parameter, .include, .procedure, .declaration: true
    default: false
    }
  }

  /// Whether it may stand only at the top level of a file.
  var isSetup: Bool {
    switch kind {
    case .account, .environment, .parameter, .include, .procedure: true
    default: false
    }
  }

  var isInvalid: Bool { if case .invalid = kind { true } else { false } }
}

extension Expression {
  /// The text that this spells out, without interpolation.
  var literalText: String? {
    if case .text(let parts) = bare.kind { parts.literalText } else { nil }
  }

  var isName: Bool { if case .name = bare.kind { true } else { false } }
  var isNoneLiteral: Bool { if case .none = bare.kind { true } else { false } }
}
