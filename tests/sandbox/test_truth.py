"""The clocks of a call, on routes whose answer is seen by eye."""

from callkit.sandbox.truth import Clocks, TrueStep, clocks


def route(*steps):
    return [TrueStep(step, None, None, at) for step, at in steps]


def test_ring_until_the_answer():
    steps = route(
        ("received", 0), ("menu", 1), ("forwarded", 10), ("dialed", 10), ("answered", 17), ("hangup", 90)
    )
    assert clocks(steps, 90) == Clocks(wait_s=7, menu_s=10, queue_s=0, ring_s=7)


def test_an_abandoned_call_waits_to_its_end():
    steps = route(
        ("received", 0), ("forwarded", 3), ("dialed", 3), ("no_answer", 20), ("queued", 20), ("hangup", 50)
    )
    assert clocks(steps, 50) == Clocks(wait_s=47, menu_s=3, queue_s=30, ring_s=17)


def test_a_message_is_not_waiting():
    steps = route(
        ("received", 0), ("forwarded", 2), ("dialed", 2), ("no_answer", 18), ("voicemail", 18), ("hangup", 60)
    )
    assert clocks(steps, 60) == Clocks(wait_s=16, menu_s=2, queue_s=0, ring_s=16)


def test_what_follows_the_first_answer_is_no_wait():
    steps = route(
        ("received", 0), ("dialed", 1), ("answered", 5), ("dialed", 20), ("answered", 30), ("hangup", 80)
    )
    assert clocks(steps, 80) == Clocks(wait_s=4, menu_s=1, queue_s=0, ring_s=4)


def test_no_wait_without_a_step_that_waits():
    assert clocks(route(("received", 5), ("menu", 6), ("hangup", 14)), 14) == Clocks(None, 9, None, None)
    assert clocks(route(("received", 5)), 7) == Clocks(None, 2, None, None)
