import RunbookDiagnostics
import RunbookSyntax

/// Whether a list of statements can still be warned of one that nothing leads to.
struct Reachability {
  var isOpen: Bool
  var last: SourceRange?

  init(_ state: FlowState) { isOpen = state.isReachable }
}

extension Checker {
  /// Checks statements one after another, and warns where nothing leads on.
  mutating func check(_ statements: [Statement]) {
    var reachability = Reachability(state)
    for statement in statements { check(statement, &reachability) }
  }

  mutating func check(_ statement: Statement, _ reachability: inout Reachability) {
    if reachability.isOpen, !state.isReachable, !statement.isSetup, !statement.isInvalid {
      report(FlowProblem.unreachable(at: statement.range, after: reachability.last))
      reachability.isOpen = false
    }
    check(statement)
    reachability.last = statement.range
  }

  mutating func check(_ statement: Statement) {
    if !calls.isEmpty { effort -= 1 }
    let range = statement.range
    switch statement.kind {
    case .declaration(let declaration): checkDeclaration(declaration)
    case .assignment(let name, let value, let clause): checkAssignment(name, value, clause)
    case .expression(let expression, let clause): checkExpression(expression, clause)
    case .change(let verb, let operand, let clause): checkChange(verb, operand, clause, at: range)
    case .print(let value):
      _ = infer(value)
      refuseInCondition("print", at: range)
    case .step(let title, let body): checkStep(title, body)
    case .conditional(let branches, let otherwise): checkConditional(branches, otherwise)
    case .wait(let span): expectDuration(span, "a wait")
    case .manual(let task):
      expect(task, .text, "a task")
      refuseInCondition("manual", at: range)
      mayRaise()
    case .confirm(let question):
      expect(question, .text, "a question")
      refuseInCondition("confirm", at: range)
      mayRaise()
    case .invalid: break
    case .forEach, .retry, .waitUntil, .parallelFor, .parallel, .attempt, .break, .continue, .return, .stop, .fail,
      .require, .account, .environment, .parameter, .include, .procedure:
      checkControl(statement)
    }
  }

  /// Apart from the others, for a function that takes every kind apart needs more of the stack than nesting leaves.
  private mutating func checkControl(_ statement: Statement) {
    let range = statement.range
    switch statement.kind {
    case .forEach(let name, let list, let body): checkLoop(name, list, body)
    case .retry(let retry): checkRetry(retry)
    case .waitUntil(let condition, let every, let timeout): checkWaitUntil(condition, every, timeout, at: range)
    case .parallelFor(let name, let list, let clauses, let body): checkParallel(name, list, clauses, body, at: range)
    case .parallel(let clauses, let body): checkParallel(clauses, body, at: range)
    case .attempt(let attempt): check(attempt)
    case .break: checkJump("break", at: range)
    case .continue: checkJump("continue", at: range)
    case .return(let value): checkReturn(value, at: range)
    case .stop(let message): checkStop(message, at: range)
    case .fail(let message): checkFail(message, at: range)
    case .require(let condition, let message): checkRequire(condition, message, at: range)
    default: checkSetup(statement)
    }
  }

  private mutating func checkSetup(_ statement: Statement) {
    let range = statement.range
    guard surroundings.isTopLevel, !surroundings.isInStep else {
      // Of the others the parser has said so.
      switch statement.kind {
      case .account: report(ServiceProblem.settingInBlock(.account, at: range))
      case .environment: report(ServiceProblem.settingInBlock(.environment, at: range))
      default: break
      }
      return
    }
    switch statement.kind {
    case .account(let value): checkAccount(value, at: range)
    case .environment(let reference): checkEnvironment(reference, at: range)
    case .parameter(let parameter): checkParameter(parameter)
    case .procedure(let procedure): checkProcedure(procedure)
    default: break
    }
  }

  private mutating func checkProcedure(_ procedure: Procedure) {
    let name = procedure.name.text
    guard let record = procedures[name], record.procedure.name.range == procedure.name.range else {
      return
    }
    if let earlier = globals[name] {
      if context.isInteractive {
        globals[name] = nil
        report(NameProblem.replacesEarlier(name, at: procedure.name.range))
      } else {
        report(
          NameProblem.alreadyDeclared(name, at: procedure.name.range, earlier: variables[earlier.number].range))
      }
    } else if context.scope.procedures[name] != nil {
      report(NameProblem.replacesEarlier(name, at: procedure.name.range))
    }
    checkAlone(record)
  }

  // MARK: Plain statements

  private mutating func checkDeclaration(_ declaration: Declaration) {
    var (fact, outcome) = inferOutcome(declaration.value)
    if let clause = declaration.outcome {
      fact = judge(fact, clause, at: declaration.value.range)
      outcome = nil
    }
    let id = declare(declaration.name, fact, isVariable: declaration.isVariable)
    if let (outcome, origin) = outcome, let id {
      expectReading(outcome, origin, at: declaration.value.range, name: id)
    }
  }

  private mutating func checkAssignment(_ name: Name, _ value: Expression, _ clause: OutcomeClause?) {
    var (fact, outcome) = inferOutcome(value)
    if let clause {
      fact = judge(fact, clause, at: value.range)
      outcome = nil
    }
    guard let id = assign(name, fact, value: value.range) else { return }
    reportUnread(name: id, replacedBy: name.range)
    if let (outcome, origin) = outcome { expectReading(outcome, origin, at: value.range, name: id) }
  }

  private mutating func checkExpression(_ expression: Expression, _ clause: OutcomeClause?) {
    let (fact, outcome) = inferOutcome(expression)
    if let clause {
      _ = judge(fact, clause, at: expression.range)
      return
    }
    if let (id, origin) = outcome {
      if origin == .call {
        reportThrownAway(.call, at: expression.range)
      } else {
        expectReading(id, origin, at: expression.range)
      }
      return
    }
    switch expression.bare.act {
    case .launch: return
    case .call: if case .call(let name, _) = expression.bare.kind, procedures[name.text] != nil { return }
    case .look, .listing, .confirm, nil: break
    }
    if !context.isInteractive || !calls.isEmpty, !fact.type.isUnknown {
      report(TypeProblem.unusedValue(fact.type, at: expression.range))
    }
  }

  private mutating func checkStep(_ title: Expression, _ body: Block) {
    expect(title, .text, "the title of a step")
    let wasInStep = surroundings.isInStep
    surroundings.isInStep = true
    depth += 1
    check(body.statements)
    depth -= 1
    surroundings.isInStep = wasInStep
  }

  private mutating func checkConditional(_ branches: [Branch], _ otherwise: Block?) {
    var after = Confluence()
    for next in branches {
      let (holds, fails) = branch(next.condition)
      state = holds
      check(next.body)
      after.add(state, variables.joined)
      state = fails
    }
    if let otherwise { check(otherwise) }
    after.add(state, variables.joined)
    state = after.state ?? state
  }

  private mutating func checkRequire(_ condition: Expression, _ message: Expression?, at range: SourceRange) {
    let (holds, fails) = branch(condition)
    state = fails
    if let message { expect(message, .text, "the message of `require`") }
    refuseFailing("require", at: range)
    mayRaise()
    state = holds
  }

  private mutating func checkFail(_ message: Expression?, at range: SourceRange) {
    if let message { expect(message, .text, "the message of `fail`") }
    refuseFailing("fail", at: range)
    mayRaise()
    state.isReachable = false
  }

  private mutating func checkStop(_ message: Expression?, at range: SourceRange) {
    if let message { expect(message, .text, "the message of `stop`") }
    if let barrier = surroundings.stopBarrier {
      report(ControlProblem.leaves("stop", barrier, at: range))
      return
    }
    reportUnread(above: -1, .left(by: range))
    leave(.end)
  }
}
