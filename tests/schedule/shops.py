"""Small shops for the tests, by hand and by chance."""

from hypothesis import strategies as st

from xushi.schedule import Choice, Closed, Job, Operation, Problem, Resource, Setup, Transport

FT06 = (
    "2 1 0 3 1 6 3 7 5 3 4 6",
    "1 8 2 5 4 10 5 10 0 10 3 4",
    "2 5 3 4 5 8 0 9 1 1 4 7",
    "1 5 0 5 2 5 3 3 4 8 5 9",
    "2 9 1 3 4 5 5 4 0 3 3 1",
    "1 3 3 3 5 9 0 10 4 4 2 1",
)
"""Fisher and Thompson 1963, 6 x 6: the shortest makespan is 55."""


def ft06():
    jobs = []
    for i, line in enumerate(FT06):
        numbers = [int(one) for one in line.split()]
        operations = tuple(
            Operation(id=f"J{i}.{j}", choices=(Choice(resource=f"M{numbers[2 * j]}", duration_s=numbers[2 * j + 1]),))
            for j in range(6)
        )
        jobs.append(Job(id=f"J{i}", operations=operations))
    return Problem(name="ft06", resources=tuple(Resource(id=f"M{k}") for k in range(6)), jobs=tuple(jobs))


@st.composite
def plain_shops(draw, objectives=("makespan", "lateness")):
    """Jobs with alternatives, release, material and due dates: what the local search knows."""
    machines = draw(st.integers(1, 3))
    jobs = []
    for i in range(draw(st.integers(1, 4))):
        operations = tuple(
            Operation(id=f"J{i}.{j}", choices=choices(draw, machines), material_s=draw(st.sampled_from((0, 0, 7))))
            for j in range(draw(st.integers(1, 3)))
        )
        jobs.append(Job(id=f"J{i}", operations=operations, release_s=draw(st.sampled_from((0, 0, 5))),
                        due_s=draw(st.integers(0, 30)), weight=draw(st.integers(1, 3))))  # fmt: skip
    return Problem(
        name="shop", resources=tuple(Resource(id=f"M{k}") for k in range(machines)), jobs=tuple(jobs),
        objective=draw(st.sampled_from(objectives)), start_s=draw(st.sampled_from((0, 0, 4))),
    )  # fmt: skip


def choices(draw, machines):
    names = draw(st.lists(st.integers(0, machines - 1), min_size=1, max_size=machines, unique=True))
    return tuple(Choice(resource=f"M{k}", duration_s=draw(st.integers(1, 9))) for k in names)


@st.composite
def full_shops(draw):
    """Everything at once: set-ups, calendars, transport, waiting for other jobs."""
    import msgspec

    shop = draw(plain_shops(("makespan", "lateness", "tardiness")))
    names = [resource.id for resource in shop.resources]
    family = st.sampled_from((None, "red", "blue"))
    first = [job.operations[0].id for job in shop.jobs]
    jobs = tuple(
        msgspec.structs.replace(
            job,
            operations=tuple(
                msgspec.structs.replace(
                    operation,
                    family=draw(family),
                    after=(draw(st.sampled_from(first[:i])),) if i and j == 0 and draw(st.booleans()) else (),
                )
                for j, operation in enumerate(job.operations)
            ),
        )
        for i, job in enumerate(shop.jobs)
    )
    resources = tuple(
        Resource(
            id=name,
            family=draw(family),
            closed=tuple(
                Closed(start_s=start, end_s=start + draw(st.integers(1, 9)))
                for start in draw(st.lists(st.integers(0, 40), max_size=2))
            ),
        )
        for name in names
    )
    setups = tuple(
        Setup(before=f, after=g, duration_s=draw(st.integers(0, 6)), resource=draw(st.sampled_from((None, *names))))
        for f, g in (("red", "blue"), ("blue", "red"), ("red", "red"))
    )
    transports = tuple(
        Transport(start=a, end=b, duration_s=draw(st.integers(0, 5))) for a in names for b in names if a != b
    )
    return msgspec.structs.replace(shop, jobs=jobs, resources=resources, setups=setups, transports=transports)
