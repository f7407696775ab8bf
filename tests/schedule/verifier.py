"""Checks a schedule against its problem, in plain Python and with no line of the room under test but its data."""

import itertools


def faults(problem, assignments):
    """Return what a schedule breaks, as sentences; an empty list where it keeps everything."""
    found = []
    at = {one.operation: one for one in assignments}
    operations = {operation.id: operation for job in problem.jobs for operation in job.operations}
    frozen = {one.operation: one for one in problem.frozen}
    if len(at) != len(assignments) or set(at) != set(operations):
        return ["not every operation exactly once"]
    travel = {(one.start, one.end): one.duration_s for one in problem.transports}
    for name, one in at.items():
        if name in frozen:
            fact = frozen[name]
            if (one.resource, one.start_s, one.end_s) != (fact.resource, fact.start_s, fact.end_s):
                found.append(f"{name} is frozen and was moved")
            continue
        times = [choice.duration_s for choice in operations[name].choices if choice.resource == one.resource]
        if times != [one.end_s - one.start_s]:
            found.append(f"{name} does not take its time on {one.resource}")
        if one.start_s < problem.start_s:
            found.append(f"{name} begins before the plan")
        resource = next(one_of for one_of in problem.resources if one_of.id == one.resource)
        if any(one.start_s < closed.end_s and closed.start_s < one.end_s for closed in resource.closed):
            found.append(f"{name} reaches into a closed time")
    for job in problem.jobs:
        last = None
        for operation in job.operations:
            one = at[operation.id]
            if operation.id not in frozen:
                if one.start_s < max(job.release_s, operation.material_s):
                    found.append(f"{operation.id} begins before release or material")
                for earlier in (*([last] if last else []), *operation.after):
                    way = travel.get((at[earlier].resource, one.resource), 0)
                    if one.start_s < at[earlier].end_s + way:
                        found.append(f"{operation.id} begins before {earlier} has arrived")
            last = operation.id
    for resource in problem.resources:
        here = sorted((one for one in at.values() if one.resource == resource.id), key=lambda one: one.start_s)
        if here and here[0].operation not in frozen:
            setup = setup_time(problem, resource.id, resource.family, operations[here[0].operation].family)
            if here[0].start_s < problem.start_s + setup:
                found.append(f"{here[0].operation} begins before {resource.id} is set up")
        for one, following in itertools.pairwise(here):
            setup = setup_time(
                problem, resource.id, operations[one.operation].family, operations[following.operation].family
            )
            if one.operation in frozen and following.operation in frozen:
                setup = 0
            if following.start_s < one.end_s + setup:
                found.append(f"{following.operation} begins too soon after {one.operation} on {resource.id}")
    return found


def setup_time(problem, resource, before, after):
    fitting = [one for one in problem.setups if (one.before, one.after) == (before, after)]
    own = [one.duration_s for one in fitting if one.resource == resource]
    general = [one.duration_s for one in fitting if one.resource is None]
    return (own or general or [0])[-1]
