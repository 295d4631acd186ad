import RunbookDiagnostics
import RunbookSyntax

/// What a name stands for.
struct Variable {
  let range: SourceRange?
  let isVariable: Bool
  /// What its declaration says of it; for a `var`, its type and nothing more.
  var fact: Fact
  /// How many `parallel`s stood around its declaration.
  let parallelDepth: Int
  /// The position at the top level of the file, from which procedures declared later see it.
  let order: Int
  /// Whether it is a `param`, whose value is known before anything is evaluated.
  var isParameter = false
  /// Of what this is a field; `nil` for a name. About a field only comparisons say something.
  var base: VariableID?

  var isPath: Bool { base != nil }
}

/// A name inside of a block, and how many calls were open where it was declared: a procedure sees none of its caller's.
struct Local {
  let variable: VariableID
  let calls: Int
}

/// A field of a variable.
struct PathKey: Hashable {
  let base: VariableID
  let field: String
}

/// A word that means something wherever a value can stand.
enum BuiltIn: String {
  case run, status, it, error, today, yesterday, now
}

struct LaterName {
  let order: Int
  let range: SourceRange
}

extension Checker {
  // MARK: Declaring

  @discardableResult
  mutating func declare(_ name: Name, _ fact: Fact, isVariable: Bool = false) -> VariableID? {
    let isReplacing = context.isInteractive && surroundings.isTopLevel
    let key = name.text
    if let earlier = conflict(key) {
      guard isReplacing else {
        report(NameProblem.alreadyDeclared(name.text, at: name.range, earlier: variables[earlier.number].range))
        return nil
      }
      report(NameProblem.replacesEarlier(name.text, at: name.range))
    } else if let procedure = procedures[key] {
      guard isReplacing else {
        report(NameProblem.alreadyDeclared(name.text, at: name.range, earlier: procedure.procedure.name.range))
        return nil
      }
      procedures[key] = nil
      report(NameProblem.replacesEarlier(name.text, at: name.range))
    }
    let declared = isVariable ? Fact(fact.type.general) : fact
    let id = add(
      Variable(
        range: name.range, isVariable: isVariable, fact: declared,
        parallelDepth: surroundings.parallels.count, order: order))
    if isVariable, fact != declared { state.facts[id] = fact }
    if surroundings.isTopLevel {
      if isVariable, declared.type.mayBeNone { factsAlone[id] = .unknown }
      globals[key] = id
    } else {
      bind(key, id)
    }
    return id
  }

  /// Lets a name mean something until the open block ends.
  mutating func bind(_ name: String, _ id: VariableID) {
    hidden.append((name, locals[name]))
    locals[name] = Local(variable: id, calls: calls.count)
  }

  private func local(_ name: String) -> VariableID? {
    guard let local = locals[name], local.calls == calls.count else { return nil }
    return local.variable
  }

  /// The variable whose name a declaration here would take. In a procedure the file's own names count when it is
  /// checked by itself; a call adds nothing to that.
  private mutating func conflict(_ name: String) -> VariableID? {
    if surroundings.isTopLevel { return globals[name] }
    return calls.isEmpty || surroundings.isWithoutCall ? variable(named: name) : local(name)
  }

  mutating func add(_ variable: Variable) -> VariableID {
    variables.append(variable)
    return VariableID(number: variables.count - 1)
  }

  /// Checks a block, which has a scope of its own, behind what it declares itself, and looks whether its outcomes were
  /// read when it ends.
  mutating func check(_ block: Block, declaring: (inout Checker) -> Void = { _ in }) {
    let outer = enter(block)
    declaring(&self)
    check(block.statements)
    leave(block, to: outer)
  }

  /// What the outside of a block gets back when it ends.
  private struct Outside {
    let isTopLevel: Bool
    let outcomes: Int
    let variables: Int
    let hidden: Int
  }

  private mutating func enter(_ block: Block) -> Outside {
    let outside = Outside(
      isTopLevel: surroundings.isTopLevel, outcomes: nextNumber, variables: variables.count, hidden: hidden.count)
    surroundings.isTopLevel = false
    openBlocks.append(block.statements)
    depth += 1
    return outside
  }

  private mutating func leave(_ block: Block, to outside: Outside) {
    depth -= 1
    openBlocks.removeLast()
    reportUnread(above: outside.outcomes, .blockEnds(block.range.last(1)))
    while hidden.count > outside.hidden, let (name, before) = hidden.popLast() { locals[name] = before }
    forgetNames(since: outside.variables, in: &state)
    surroundings.isTopLevel = outside.isTopLevel
  }

  /// Leaves out what flow knows of names that are gone: those declared since there were `count`.
  func forgetNames(since count: Int, in state: inout FlowState) {
    if state.facts.isEmpty { return }
    for number in count..<variables.count {
      var root = number
      while let base = variables[root].base { root = base.number }
      if root >= count { state.facts[VariableID(number: number)] = nil }
    }
  }

  func forgetNames(since count: Int, in state: inout FlowState?) {
    guard var known = state.take() else { return }
    forgetNames(since: count, in: &known)
    state = known
  }

  // MARK: Looking up

  /// The variable that a name stands for here: a procedure sees its own names, and those that the file has declared
  /// before it.
  mutating func variable(named name: String) -> VariableID? {
    if let id = local(name) { return id }
    guard let id = globals[name] else { return nil }
    if let last = calls.indices.last {
      let procedure = calls[last].record
      guard procedure.isFromThisText else { return id }
      if variables[id.number].order >= procedure.order { return nil }
    }
    return sees(variables[id.number].range?.source, from: source) ? id : nil
  }

  func fact(of id: VariableID) -> Fact { state.facts[id] ?? variables[id.number].fact }

  mutating func inferName(_ name: String, at range: SourceRange) -> Fact {
    if let id = variable(named: name) {
      markRead(name: id)
      if surroundings.isParameterDefault, !variables[id.number].isParameter {
        report(ParameterProblem.defaultReads(name, at: range))
        return .unknown
      }
      return fact(of: id)
    }
    switch BuiltIn(rawValue: name) {
    case .today, .yesterday: return Fact(.date)
    case .now: return Fact(.timestamp)
    case .run: return inferRun(at: range)
    case .status: return inferStatus(at: range)
    case .it:
      if let it = surroundings.it { return it }
      report(NameProblem.itOutsideWhere(at: range))
      return .unknown
    case .error:
      report(NameProblem.errorOutsideCatch(at: range))
      return .unknown
    case nil: return reportUnknown(name, at: range)
    }
  }

  private mutating func reportUnknown(_ name: String, at range: SourceRange) -> Fact {
    if let procedure = procedures[name] {
      report(CallProblem.procedureNotCalled(name, at: range, declared: procedure.procedure.name.range))
      return .unknown
    }
    if let hidden = globals[name].map({ variables[$0.number] }), !sees(hidden.range?.source, from: source) {
      report(
        NameProblem.declaredElsewhere(
          name, at: range, declared: hidden.range,
          file: (hidden.range?.source).flatMap { sources[$0]?.name } ?? "the prompt"))
      return .unknown
    }
    if let later = declaredLater[name] {
      guard let procedure = calls.last?.record, later.order < procedure.order else {
        report(NameProblem.usedBeforeDeclaration(name, at: range, declared: later.range))
        return .unknown
      }
      // A procedure that is checked by itself may be called where the name has its value.
      if !surroundings.isWithoutCall {
        report(NameProblem.notSetAtCall(name, at: range, declared: later.range))
      }
      return .unknown
    }
    guard !isInUnreadableText(name), unknownNames.insert(name).inserted else { return .unknown }
    if let declared = declaredFurtherDown(name) {
      report(NameProblem.usedBeforeDeclaration(name, at: range, declared: declared))
      return .unknown
    }
    if looksLikeStatus(name), let status = suggestion(for: name, among: Self.statusWords) {
      report(TypeProblem.unknownStatus(name, at: range, suggestion: status))
      return .unknown
    }
    report(NameProblem.unknown(name, at: range, suggestion: suggestion(for: name) { $0.visibleNames() }))
    return .unknown
  }

  private mutating func visibleNames() -> [String] {
    let known = Set(locals.keys).union(globals.keys).filter { variable(named: $0) != nil }
    return known.union(procedures.keys) + ["run", "status", "today", "yesterday", "now"]
  }

  func looksLikeStatus(_ word: String) -> Bool {
    word.utf8.count > 1 && word.utf8.allSatisfy { (65...90).contains($0) || $0 == 0x5F }
  }

  /// Where one of the open blocks declares the name after all.
  private func declaredFurtherDown(_ name: String) -> SourceRange? {
    guard suggestionsLeft > 0 else { return nil }
    for block in openBlocks.reversed() {
      for case .declaration(let declaration) in block.lazy.map(\.kind) where declaration.name.text == name {
        return declaration.name.range
      }
    }
    return nil
  }

  /// Whether the word stands in a part of the text that could not be read, and may be declared there.
  private func isInUnreadableText(_ name: String) -> Bool {
    unreadableRanges.contains { text(of: $0).contains(name) }
  }

  // MARK: Assigning

  mutating func assign(_ name: Name, _ fact: Fact, value: SourceRange) -> VariableID? {
    guard let id = variable(named: name.text) else {
      // Of the language's own names the parser has said that they are not assigned.
      if BuiltIn(rawValue: name.text) == nil { _ = reportUnknown(name.text, at: name.range) }
      return nil
    }
    let variable = variables[id.number]
    guard variable.isVariable else {
      report(NameProblem.assignedLet(name.text, at: name.range, declared: variable.range))
      return nil
    }
    if surroundings.parallels.indices.contains(variable.parallelDepth) {
      report(
        NameProblem.assignedInParallel(
          name.text, at: name.range, declared: variable.range, parallel: surroundings.parallels[variable.parallelDepth])
      )
      return nil
    }
    guard variable.fact.type.accepts(fact.type) else {
      report(
        TypeProblem.assignment(
          name.text, holds: variable.fact.type, found: fact.type, at: value, declared: variable.range))
      return nil
    }
    // `var x = none` learns from its first value what it holds.
    if variable.fact.type == .optional(.unknown), fact.type != .none {
      variables[id.number].fact.type = .optional(fact.type.unwrapped.general)
    }
    state.facts[id] = fact.type.isUnknown ? nil : fact
    for path in pathsOf[id] ?? [] { state.facts[path] = nil }
    return id
  }

  // MARK: Paths

  /// The name, or the field of a name, that an expression is, so that a comparison can say something of it.
  mutating func path(_ expression: Expression) -> VariableID? {
    switch expression.kind {
    case .parenthesized(let inner): return path(inner)
    case .name(let name): return variable(named: name)
    case .field(let object, let field):
      guard let base = path(object) else { return nil }
      let key = PathKey(base: base, field: field.text)
      if let id = paths[key] { return id }
      let id = add(
        Variable(
          range: nil, isVariable: false, fact: .unknown, parallelDepth: 0, order: 0, base: base))
      paths[key] = id
      pathsOf[base, default: []].append(id)
      return id
    default: return nil
    }
  }
}
