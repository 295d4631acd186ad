"""The table: a row for ours beside each of the others."""

from measure import median


def head():
    print("| what | beside | runbook | the other | ratio | ratio of CPU time | goal |")
    print("| --- | --- | --- | --- | --- | --- | --- |", flush=True)


def rows(case, samples):
    """Prints the rows of a case, and gives how many goals of it are not met."""
    field = "peak" if case.measure == "memory" else "wall"
    ours = case.commands[0].name
    others = [command.name for command in case.commands[1:] if samples[command.name] and command.name != case.less]

    def cost(name, field):
        return median(samples[name], field) - (median(samples[case.less], field) if case.less else 0)

    mine = cost(ours, field)
    theirs = {name: cost(name, field) for name in others}
    # A bound on time alone is met if one round meets it: what else goes on on the machine only adds to it.
    bounded = min(sample.wall for sample in samples[ours]) if field == "wall" else mine
    judged = {name: verdict(case.goal, name, mine, bounded, theirs, index == 0)
              for index, name in enumerate(others or [None])}
    for index, (name, (words, _)) in enumerate(judged.items()):
        title = case.name if index == 0 else ""
        beside = "", "", "", ""
        if name is not None:
            cpu = cost(ours, "cpu"), cost(name, "cpu")
            beside = name, figure(theirs[name], field), ratio(mine, theirs[name]), ratio(*cpu)
        print(f"| {title} | {beside[0]} | {figure(mine, field)} | {beside[1]} | {beside[2]} | {beside[3]} | {words} |",
              flush=True)
    return sum(not is_met for _, is_met in judged.values())


def failed(case, failure):
    print(f"| {case.name} | failed: {' '.join(str(failure).split())} | | | | | |", flush=True)


def verdict(goal, name, mine, bounded, theirs, is_first):
    """What a row says of a goal, and whether it is met; a row that the goal is not about meets it in silence."""
    if goal is None or (goal.beside != name if goal.beside else not is_first):
        return "", True
    is_met = bool(goal.met(mine, theirs.get(goal.beside)) if goal.beside else goal.met(bounded, None))
    return f"{goal.words}: {'met' if is_met else 'not met'}", is_met


def figure(value, field):
    if field == "peak":
        return f"{value / 1e6:.1f} MB" if value < 10e6 else f"{value / 1e6:.0f} MB"
    return f"{value * 1e3:.1f} ms" if value < 1 else f"{value:.2f} s"


def ratio(mine, other):
    if other <= 0:
        return "–"
    value = mine / other
    return f"{value:.3f}" if value < 0.1 else f"{value:.2f}" if value < 10 else f"{value:.0f}"
