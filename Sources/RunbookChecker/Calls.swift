import CivilTime
import RunbookDiagnostics
import RunbookSyntax

/// A procedure being walked over for one call, or by itself.
struct CallFrame {
  let record: ProcedureRecord
  /// The call; `nil` for a procedure that is checked by itself.
  let range: SourceRange?
  var returned: Fact?
  var firstReturn: SourceRange?
  /// What holds where any of its `return`s left.
  var state: FlowState?
}

/// All that what a call does can depend on.
struct ExpansionKey: Hashable {
  let procedure: ObjectIdentifier
  let arguments: [Fact]
  let stopped: Set<OperationID>
  let globals: [Fact]
  let settings: Settings
  let unfailing: SourceRange?
  let stopBarrier: Barrier?
  let readOnly: ReadOnlyPlace?
  let parallels: Int
  let isWithoutCall: Bool
}

/// What a call did, for the next one like it.
struct Expansion {
  let result: Fact
  let isReachable: Bool
  let stopped: FlowMap<OperationID, Stop>
  let facts: [VariableID: Fact?]
  let raisedStopped: FlowMap<OperationID, Stop>?
}

extension Checker {
  private static let conversions: Set<String> = ["date", "timestamp", "number", "text"]

  mutating func call(_ name: Name, _ arguments: [Argument], at range: SourceRange) -> (fact: Fact, isProcedure: Bool) {
    if let record = procedures[name.text] {
      refuseInDefault(name.text, at: name.range)
      return (call(record, arguments, at: range, named: name), true)
    }
    if Self.conversions.contains(name.text) { return (convert(name, arguments, at: range), false) }
    for argument in arguments { _ = infer(argument.value) }
    if let variable = variable(named: name.text) {
      report(CallProblem.notAProcedure(name.text, at: name.range, declared: variables[variable.number].range))
    } else if unknownNames.insert(name.text).inserted {
      let known = Array(procedures.keys) + Self.conversions
      report(
        CallProblem.unknown(name.text, at: name.range, suggestion: suggestion(for: name.text, among: known)))
    }
    return (.unknown, false)
  }

  // MARK: Conversions

  private mutating func convert(_ name: Name, _ arguments: [Argument], at range: SourceRange) -> Fact {
    let type: ValueType =
      switch name.text {
      case "date": .date
      case "timestamp": .timestamp
      case "number": .number
      default: .text
      }
    let facts = arguments.map { infer($0.value) }
    for argument in arguments {
      guard let label = argument.label else { continue }
      report(CallProblem.unknownArgument(label.text, at: label.range, procedure: name.text, suggestion: nil))
    }
    guard let fact = facts.first, let argument = arguments.first else {
      report(CallProblem.missingArguments(["value"], at: range, procedure: name.text, declared: nil))
      return Fact(type)
    }
    if arguments.count > 1 {
      report(
        CallProblem.tooManyArguments(at: arguments[1].value.range, procedure: name.text, takes: 1, declared: nil))
    }
    if type == .text { return Fact(.text) }
    if isNone(fact, argument.value) { return Fact(type) }
    switch (type, fact.type) {
    case (_, .unknown), (.date, .timestamp), (.timestamp, .date), (.number, .duration): break
    case (_, let found) where found == type: break
    case (_, .text):
      mayRaise()
      guard let text = fact.constantText else { break }
      let isReadable =
        switch type {
        case .date: CalendarDate(text) != nil
        case .timestamp: Timestamp(text) != nil
        default: Number(text) != nil
        }
      if !isReadable {
        report(ValueProblem.unreadable(text: text, as: name.text, at: argument.value.range))
      }
    default: report(TypeProblem.conversion(to: name.text, found: fact.type, at: argument.value.range))
    }
    return Fact(type)
  }

  // MARK: Procedures

  private mutating func call(
    _ record: ProcedureRecord, _ arguments: [Argument], at range: SourceRange, named name: Name
  ) -> Fact {
    let given = bind(arguments, to: record.procedure, at: range, named: name)
    guard let given, !record.isRecursive else { return .unknown }
    guard depth < Self.depthLimit else {
      if !hasGoneTooDeep { report(ControlProblem.callsTooDeep(limit: Self.depthLimit, at: range)) }
      hasGoneTooDeep = true
      return .unknown
    }
    guard effort > 0 else {
      giveUp(at: range)
      return .unknown
    }
    return expand(record, given, at: range)
  }

  /// The facts of the arguments by parameter, `nil` for a default; or `nil` where the call does not fit.
  private mutating func bind(
    _ arguments: [Argument], to procedure: Procedure, at range: SourceRange, named name: Name
  ) -> [Fact?]? {
    var given = [Fact?](repeating: nil, count: procedure.parameters.count)
    let positions = Dictionary(zip(procedure.parameters.map(\.name.text), 0...)) { first, _ in first }
    var places = [SourceRange?](repeating: nil, count: given.count)
    var named: SourceRange?
    var isFit = true
    var position = 0
    for argument in arguments {
      let fact = infer(argument.value)
      var index = position
      if let label = argument.label {
        named = named ?? label.range
        guard let found = positions[label.text] else {
          let known = procedure.parameters.map(\.name.text)
          report(
            CallProblem.unknownArgument(
              label.text, at: label.range, procedure: name.text,
              suggestion: suggestion(for: label.text, among: known)))
          isFit = false
          continue
        }
        index = found
      } else {
        if let named {
          report(CallProblem.positionalAfterNamed(at: argument.value.range, named: named))
          isFit = false
          continue
        }
        position += 1
        guard given.indices.contains(index) else {
          report(
            CallProblem.tooManyArguments(
              at: argument.value.range, procedure: name.text, takes: given.count, declared: procedure.name.range))
          isFit = false
          continue
        }
      }
      let place = argument.label?.range ?? argument.value.range
      if let earlier = places[index] {
        report(CallProblem.duplicateArgument(procedure.parameters[index].name.text, at: place, earlier: earlier))
        isFit = false
      }
      places[index] = place
      given[index] = fact
    }
    let isMissing = given.indices.contains { given[$0] == nil && procedure.parameters[$0].defaultValue == nil }
    if isMissing, isFit {
      let missing = zip(procedure.parameters, given).filter { $0.defaultValue == nil && $1 == nil }.map(\.0.name.text)
      report(
        CallProblem.missingArguments(missing, at: range, procedure: name.text, declared: procedure.name.range))
      isFit = false
    }
    return isFit ? given : nil
  }

  private mutating func expand(_ record: ProcedureRecord, _ given: [Fact?], at range: SourceRange) -> Fact {
    // Only calls in calls can come to be many more than the text has.
    let key = !calls.isEmpty && state.unread.isEmpty && state.isReachable ? key(record, given) : nil
    if let key, let known = expansions[key] { return recall(known) }
    let before = state
    let names = variables.count
    handlers.append(Confluence())
    let result = walk(record, given, call: range)
    var raised = handlers.popLast()?.state
    forgetNames(since: names, in: &raised)
    if let raised { raise(with: raised) }
    if let key {
      expansions[key] = Expansion(
        result: result, isReachable: state.isReachable, stopped: state.stopped,
        facts: Dictionary(
          uniqueKeysWithValues: state.facts.differences(from: before.facts).map { ($0, state.facts[$0]) }),
        raisedStopped: raised?.stopped)
    }
    return result
  }

  private mutating func recall(_ known: Expansion) -> Fact {
    if let stopped = known.raisedStopped {
      var raised = state
      raised.stopped = stopped
      raise(with: raised)
    }
    state.stopped = known.stopped
    state.isReachable = known.isReachable
    for (key, fact) in known.facts { state.facts[key] = fact }
    return known.result
  }

  /// What a call depends on, or `nil` where that is too much to compare.
  private func key(_ record: ProcedureRecord, _ given: [Fact?]) -> ExpansionKey? {
    guard state.stopped.count <= Fact.followed, let globals = mentionedFacts(record) else { return nil }
    return ExpansionKey(
      procedure: ObjectIdentifier(record), arguments: given.map { $0 ?? Fact(.none) },
      stopped: Set(state.stopped.keys), globals: globals, settings: settings, unfailing: surroundings.unfailing,
      stopBarrier: surroundings.stopBarrier, readOnly: surroundings.readOnly,
      parallels: surroundings.parallels.count, isWithoutCall: surroundings.isWithoutCall)
  }

  /// What is known of the names of the file that a procedure mentions and of their fields; `nil` where they are many.
  private func mentionedFacts(_ record: ProcedureRecord) -> [Fact]? {
    record.mentions.map { names in
      names.flatMap { name -> [Fact] in
        guard let id = globals[name] else { return [] }
        return [fact(of: id)] + (pathsOf[id] ?? []).map { fact(of: $0) }
      }
    }
  }

  /// Walks over a procedure's body with what is known of its arguments; gives what it returns.
  private mutating func walk(_ record: ProcedureRecord, _ given: [Fact?], call: SourceRange?) -> Fact {
    let outer = (surroundings, openBlocks, source, state.run, state.status, state.latest)
    let procedure = record.procedure
    let names = variables.count
    calls.append(CallFrame(record: record, range: call))
    openBlocks = []
    source = procedure.name.range.source
    surroundings.isTopLevel = false
    surroundings.isInStep = false
    surroundings.frame = freshNumber()
    surroundings.loopCount = 0
    surroundings.loopBarrier = nil
    surroundings.returnBarrier = nil
    surroundings.it = nil
    state.run = .unset(.never)
    state.status = .unset(.never)
    state.latest = []
    check(procedure.body) { checker in
      for (parameter, fact) in zip(procedure.parameters, given) {
        let fact =
          fact ?? parameter.defaultValue.map { checker.infer($0) }
          ?? Fact(.unknown, .operations([checker.symbol()]))
        checker.declare(parameter.name, fact)
      }
    }
    if let last = calls.indices.last { note(Fact(.none), at: procedure.body.range.last(1), in: last) }
    let frame = calls.removeLast()
    state = join(frame.state, state)
    forgetNames(since: names, in: &state)
    (surroundings, openBlocks, source, state.run, state.status, state.latest) = outer
    return frame.returned ?? Fact(.none)
  }

  /// Checks a procedure by itself, for what can be told whatever its arguments are.
  mutating func checkAlone(_ record: ProcedureRecord) {
    let outer = (state, surroundings, settings, handlers, loops, finallies)
    (handlers, loops, finallies) = ([], [], [])
    factsAlone.absorb(state.facts, since: factsSeen) { [variables] id, _, fact in
      let variable = variables[id.number]
      return variable.isVariable ? variable.fact.type.mayBeNone ? .unknown : nil : fact
    }
    factsSeen = state.facts
    state = FlowState()
    state.facts = factsAlone
    // Where the file says none, whoever includes it may.
    if settings.account.isMissing { settings.account = .computed(said: record.procedure.name.range) }
    if settings.environment.isMissing { settings.environment = .computed(said: record.procedure.name.range) }
    surroundings = Surroundings()
    surroundings.isWithoutCall = true
    // The calls themselves matter more.
    let whole = effort
    effort = min(effort, 2_000)
    let part = effort
    _ = walk(record, record.procedure.parameters.map { _ in Fact(.unknown, .operations([symbol()])) }, call: nil)
    effort = whole - (part - effort)
    (state, surroundings, settings, handlers, loops, finallies) = outer
  }

  mutating func checkReturn(_ value: Expression?, at range: SourceRange) {
    let fact = value.map { infer($0) } ?? Fact(.none)
    guard let index = calls.indices.last else {
      report(ControlProblem.returnOutsideProcedure(at: range))
      return
    }
    if let barrier = surroundings.returnBarrier {
      report(ControlProblem.leaves("return", barrier, at: range))
      return
    }
    note(fact, at: value?.range ?? range, in: index)
    reportUnread(above: surroundings.frame, .left(by: range))
    leave(.call(index))
  }

  /// Adds what one way out of a procedure returns.
  mutating func note(_ fact: Fact, at range: SourceRange, in index: Int) {
    guard state.isReachable else { return }
    guard let earlier = calls[index].returned else {
      calls[index].returned = fact
      calls[index].firstReturn = range
      return
    }
    if earlier.type.joined(fact.type) == nil {
      report(
        TypeProblem.mixedReturns(earlier.type, fact.type, first: calls[index].firstReturn ?? range, at: range))
    }
    calls[index].returned = earlier.joined(fact)
  }
}
