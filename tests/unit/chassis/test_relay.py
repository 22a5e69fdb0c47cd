from hypothesis import given
from hypothesis import strategies as st

from services.chassis.carriers import OutboxRow
from services.chassis.relay import LONGEST_PAUSE, lock_key, pause_after, waves


def rows_of(subjects):
    return [OutboxRow(n, f"m{n}", "shop.events", "sold.v1", subject, "{}") for n, subject in enumerate(subjects)]


@given(st.lists(st.sampled_from("abcd"), max_size=30))
def test_a_subject_occurs_once_in_a_wave_and_its_events_stay_in_order(subjects):
    rows = rows_of(subjects)
    made = list(waves(rows))
    assert sorted(row.position for wave in made for row in wave) == [row.position for row in rows]
    for wave in made:
        assert len({row.subject for row in wave}) == len(wave)
    for subject in set(subjects):
        positions = [row.position for wave in made for row in wave if row.subject == subject]
        assert positions == sorted(positions)


def test_events_of_different_subjects_travel_together():
    assert [len(wave) for wave in waves(rows_of("abcdea"))] == [5, 1]


def test_the_lock_of_a_service_is_a_signed_64_bit_number_of_its_own():
    keys = {lock_key(service) for service in ("demand", "supplier", "campaign", "reputation")}
    assert len(keys) == 4
    assert all(-(2**63) <= key < 2**63 for key in keys)


def test_pauses_grow_and_end_growing():
    pauses = [pause_after(failures) for failures in range(1, 30)]
    assert pauses == sorted(pauses)
    assert pauses[0] == 0.5
    assert pauses[-1] == LONGEST_PAUSE
