"""What is remembered counts once, however often it is kept, and never takes more room than there is."""

from hypothesis import given
from hypothesis import strategies as st

from graph.memory import Line, Memory
from graph.versions import Version

ROOM = 100
KEYS, WEIGHTS = st.integers(0, 5), st.integers(0, 40)
STEPS = st.lists(st.tuples(st.sampled_from(("recall", "repaired", "followed", "after", "copy")), KEYS, WEIGHTS))


class Result:
    def __init__(self, weight: int) -> None:
        self.weight = weight


def held(memory: Memory) -> list[Result]:
    """Every result that a memory has, once."""
    bases = (base.value for bases in memory._bases.values() for base in bases.values())
    found = {id(one): one for one in (*memory._entries.values(), *bases)}
    return [one for one in found.values() if isinstance(one, Result)]


def asked(memory: Memory, how: str, key: int, weight: int, version: Version) -> Memory:
    if how == "recall":
        memory.recall(key, lambda: Result(weight))
    elif how == "repaired":  # of an even key the earlier result stays what it was
        line = Line(("line", key), 0, 0, dated=False)
        memory.repaired(
            line, lambda: (version,), lambda: Result(weight), lambda earlier, _: Result(weight) if key % 2 else earlier
        )
    elif how == "followed":
        memory.followed(("followed", key), (version,), lambda: Result(weight), lambda _, __: Result(weight))
    else:
        return memory.after() if how == "after" else memory.copy()
    return memory


@given(STEPS)
def test_a_result_counts_once_and_all_have_room(steps: list[tuple[str, int, int]]) -> None:
    memory, version = Memory(ROOM), Version()
    for how, key, weight in steps:
        if how == "after":
            version = version.after({key})
        memory = asked(memory, how, key, weight, version)
        taken = sum(3 + one.weight for one in held(memory))
        assert memory._taken == taken
        assert sum(count for count, _ in memory._counted.values()) == len(memory._entries) + sum(
            map(len, memory._bases.values())
        )
        assert taken <= ROOM or len(memory._bases) <= 1
