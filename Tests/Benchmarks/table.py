"""The table: a row for ours beside each of the others."""

from measure import median


def head():
    print("| what | beside | runbook | the other | ratio | ratio of CPU time | goal |")
    print("| --- | --- | --- | --- | --- | --- | --- |", flush=True)


def rows(case, samples):
    field = "peak" if case.measure == "memory" else "wall"
    ours, *others = [command.name for command in case.commands]
    mine = median(samples[ours], field)
    theirs = {name: median(samples[name], field) for name in others if samples[name]}
    # A bound on time alone is met if one round meets it: what else goes on on the machine only adds to it.
    bounded = min(sample.wall for sample in samples[ours]) if field == "wall" else mine
    own = figure(mine, field) + (f", {case.size / mine / 1e6:.1f} MB/s" if case.size else "")
    if not theirs:
        print(f"| {case.name} | | {own} | | | | {verdict(case.goal, None, mine, bounded, theirs)} |")
    for index, name in enumerate(theirs):
        cpu = median(samples[ours], "cpu"), median(samples[name], "cpu")
        words = verdict(case.goal, name, mine, bounded, theirs, index == 0)
        print(f"| {case.name if index == 0 else ''} | {name} | {own} | {figure(theirs[name], field)} "
              f"| {ratio(mine, theirs[name])} | {ratio(*cpu)} | {words} |", flush=True)


def failed(case, failure):
    print(f"| {case.name} | failed: {' '.join(str(failure).split())} | | | | | |", flush=True)


def verdict(goal, name, mine, bounded, theirs, is_first=True):
    if goal is None or (goal.beside != name if goal.beside else not is_first):
        return ""
    is_met = goal.met(mine, theirs.get(goal.beside)) if goal.beside else goal.met(bounded, None)
    return f"{goal.words}: {'met' if is_met else 'not met'}"


def figure(value, field):
    if field == "peak":
        return f"{value / 1e6:.0f} MB"
    return f"{value * 1e3:.1f} ms" if value < 1 else f"{value:.2f} s"


def ratio(mine, other):
    if other <= 0:
        return "–"
    value = mine / other
    return f"{value:.3f}" if value < 0.1 else f"{value:.2f}" if value < 10 else f"{value:.0f}"
