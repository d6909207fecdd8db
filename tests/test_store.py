"""What every store engine must do. The cases run on each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from client import client, sandbox, seed_id, whole_layout

from lp_sandbox.programme.records import Cohort, TrainingPeriod
from lp_sandbox.register.records import Partnership
from lp_sandbox.worlds.store import AnyOf, Conflict, Layout, Slice, Store, Where
from lp_sandbox.worlds.store.connection import MEMORY
from lp_sandbox.worlds.store.open_store import CannotOpen, open_store
from lp_sandbox.worlds.store.sqlite import SqliteStore

LAYOUT = whole_layout()
Opening = Callable[[], Store]


@pytest.fixture(params=["memory", "sqlite"])
def name(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return "memory" if request.param == "memory" else f"sqlite:///{tmp_path}/sandbox.sqlite3"


@pytest.fixture
def store(name: str) -> Iterator[Store]:
    opened = open_store(name, LAYOUT)
    yield opened
    opened.close()


def cohort(year: int, *, enabled: bool = True) -> Cohort:
    return Cohort(
        year=year,
        starts_on=f"{year}-06-01",
        ends_on=f"{year + 1}-05-31",
        enabled=enabled,
        payments_frozen_at=None,
        mentor_funding=True,
        detailed_evidence=True,
        uplift_fees=False,
        dates_in_sequence=False,
        ects_move_to_cohort=None,
        ects_move_to_schedule=None,
    )


def partnership(id: str = "p", **changes: object) -> Partnership:
    fields = {
        "lead_provider_id": "l",
        "school_id": "s",
        "delivery_partner_id": "d",
        "cohort": 2026,
        "added_by_dfe": 0,
        "created_at": "2026-09-15T09:00:00Z",
        "updated_at": "2026-09-15T09:00:00Z",
        "document": b"{}",
        "training": 0,
        "moved_at": "",
        "good_from": "",
        "good_until": "~",
    }
    return Partnership(id=id, **(fields | changes))


def training(id: str, partnership_id: str | None) -> TrainingPeriod:
    fields = dict.fromkeys(TrainingPeriod.__struct_fields__, "x")
    return TrainingPeriod(**(fields | {"id": id, "cohort": 2026, "partnership_id": partnership_id}))


def test_what_was_added_is_found_under_its_key(store: Store):
    store.add("w", [cohort(2025), cohort(2026, enabled=False)])
    assert store.get(Cohort, "w", 2026) == cohort(2026, enabled=False)
    assert store.get(Cohort, "w", 2027) is None


def test_a_world_does_not_see_another(store: Store):
    store.add("one", [cohort(2025)])
    store.add("two", [cohort(2026)])
    assert store.find(Cohort, "one") == [cohort(2025)]
    store.clear("one", [Cohort])
    assert store.find(Cohort, "one") == []
    assert store.find(Cohort, "two") == [cohort(2026)]


def test_a_key_is_taken_once(store: Store):
    store.add("w", [cohort(2025)])
    with pytest.raises(Conflict):
        store.add("w", [cohort(2025)])


def test_put_keeps_a_record_in_place_of_the_one_with_its_key(store: Store):
    store.put("w", cohort(2025))
    store.put("w", cohort(2025, enabled=False))
    assert store.find(Cohort, "w") == [cohort(2025, enabled=False)]


def written(store: Store) -> list[str]:
    """Return the list to which the store's write statements are added from now on."""
    statements: list[str] = []
    database = store.connection.db  # type: ignore[attr-defined]
    database.set_trace_callback(lambda said: statements.append(said) if not said.startswith("SELECT") else None)
    return statements


def test_an_update_keeps_its_changes_and_writes_no_other_column(store: Store):
    store.add("w", [cohort(2025), cohort(2026)])
    changes = written(store)
    assert store.update("w", cohort(2025), enabled=False, year=2025) == cohort(2025, enabled=False)
    assert changes == ["UPDATE cohort SET enabled = 0 WHERE world = 'w' AND year = 2025"]
    assert store.find(Cohort, "w", part=Slice((("year", False),))) == [cohort(2025, enabled=False), cohort(2026)]


@pytest.mark.parametrize("save", ["put", "update", "replace"])
def test_a_record_that_stays_as_it_is_is_not_written(store: Store, save: str):
    store.add("w", [cohort(2025)])
    changes = written(store)
    if save == "put":
        store.put("w", cohort(2025))
    elif save == "update":
        store.update("w", cohort(2025), enabled=True)
    else:
        store.replace("w", [cohort(2025)], [cohort(2025)])
    assert changes == []


def test_replacing_records_adds_changes_and_removes_them(store: Store):
    store.add("w", [cohort(2024), cohort(2025), cohort(2026), cohort(2027)])
    former = store.find(Cohort, "w", Where("year", "<=", 2026))
    store.replace("w", former, [cohort(2023), cohort(2025, enabled=False), cohort(2026)])
    expected = [cohort(2023), cohort(2025, enabled=False), cohort(2026), cohort(2027)]
    assert store.find(Cohort, "w", part=Slice((("year", False),))) == expected


def test_several_lookups_are_one_query(store: Store):
    store.add("w", [cohort(2025), cohort(2026, enabled=False), training("a", None), training("b", "p")])
    statements: list[str] = []
    store.connection.db.set_trace_callback(statements.append)  # type: ignore[attr-defined]
    wanted = ((Cohort, Where("year", ">=", 2026)), (Partnership,), (TrainingPeriod, Where("id", "in", ("a", "b"))))
    assert [*map(list, store.find_each("w", *wanted, (Cohort, Where("year", "in", ()))))] == [
        [cohort(2026, enabled=False)],
        [],
        [training("a", None), training("b", "p")],
        [],
    ]
    assert store.get_each("w", (Cohort, 2025), (Cohort, None), (TrainingPeriod, "b")) == [
        cohort(2025),
        None,
        training("b", "p"),
    ]
    assert len(statements) == 2


def test_a_change_gives_columns_new_values_where_the_conditions_hold(store: Store):
    store.add("w", [cohort(2025), cohort(2026)])
    store.change(Cohort, "w", {"enabled": 0}, Where("year", "=", 2025))
    assert store.find(Cohort, "w", part=Slice((("year", False),))) == [cohort(2025, enabled=False), cohort(2026)]


def test_nothing_is_a_value_that_can_be_looked_for(store: Store):
    store.add("w", [training("a", None), training("b", "p")])
    assert [r.id for r in store.find(TrainingPeriod, "w", Where("partnership_id", "is", None))] == ["a"]


def test_records_that_must_differ_do(store: Store):
    store.add("w", [partnership("first")])
    with pytest.raises(Conflict):
        store.add("w", [partnership("second")])
    store.add("w", [partnership("third", added_by_dfe=1)])


@pytest.mark.parametrize(
    ("where", "years"),
    [
        ([], [2024, 2025, 2026]),
        ([Where("year", "=", 2025)], [2025]),
        ([Where("year", ">=", 2025)], [2025, 2026]),
        ([Where("year", "<=", 2025)], [2024, 2025]),
        ([Where("year", "in", (2024, 2026))], [2024, 2026]),
        ([Where("year", "in", ())], []),
        ([Where("year", ">=", 2025), Where("enabled", "=", 0)], [2026]),
    ],
)
def test_records_are_found_by_conditions(store: Store, where: list[Where], years: list[int]):
    store.add("w", [cohort(2024), cohort(2025), cohort(2026, enabled=False)])
    assert [c.year for c in store.find(Cohort, "w", *where, part=Slice((("year", False),)))] == years


def test_any_of_several_conditions_is_enough(store: Store):
    store.add("w", [cohort(2024), cohort(2025), cohort(2026, enabled=False)])
    either = AnyOf((Where("year", "in", (2024,)), Where("enabled", "=", 0)))
    found = store.find(Cohort, "w", either, Where("year", ">=", 2024), part=Slice((("year", False),)))
    assert [c.year for c in found] == [2024, 2026]


def test_a_slice_has_an_order_a_start_and_a_length(store: Store):
    store.add("w", [cohort(year) for year in range(2021, 2027)])
    part = Slice((("year", True),), offset=1, length=2)
    assert store.rows(Cohort, ("year",), "w", part=part) == [(2025,), (2024,)]


def test_what_fails_half_way_leaves_nothing(store: Store):
    with pytest.raises(ZeroDivisionError), store.writing():
        store.add("w", [cohort(2025)])
        _ = 1 / 0
    assert store.find(Cohort, "w") == []


NEW = {
    "cohort": "2026",
    "school_id": seed_id("schools", "fresh"),
    "delivery_partner_id": seed_id("delivery-partners", "harbour-hub"),
}


def test_with_its_rule_switched_off_the_database_still_keeps_partnerships_apart():
    unruly = client(sandbox(without={"school_not_already_partnered"}))
    assert unruly.write("POST", "/partnerships", **NEW).status == 200
    answer = unruly.write("POST", "/partnerships", **NEW)
    assert (answer.status, answer.body) == (422, b'{"error":"Unprocessable content"}')


@pytest.mark.parametrize("name", ["", "sqlite", "sqlite:///", "postgresql://localhost/x", "sqlite:////proc/none/x"])
def test_a_store_that_cannot_be_used_is_reported_with_what_to_do(name: str):
    with pytest.raises(CannotOpen, match=r"Use `memory`|cannot be used"):
        open_store(name, LAYOUT)


def test_a_store_in_memory_begins_with_the_contents_of_another():
    first = SqliteStore(MEMORY, LAYOUT)
    with first.writing():
        first.add("world", [cohort(2026)])
    second = SqliteStore(MEMORY, LAYOUT, contents=first.connection.db.serialize())
    with second.writing():
        second.add("world", [cohort(2027)])
    assert [each.year for each in second.find(Cohort, "world")] == [2026, 2027]
    assert [each.year for each in first.find(Cohort, "world")] == [2026]


def test_a_store_in_memory_refuses_contents_of_another_layout():
    contents = SqliteStore(MEMORY, LAYOUT).connection.db.serialize()
    with pytest.raises(CannotOpen, match="for other editions"):
        SqliteStore(MEMORY, Layout(LAYOUT.kinds[1:]), contents=contents)
