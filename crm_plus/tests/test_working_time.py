"""Working time as arithmetic, against a walk through time second by second."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..planning import WorkingTime, merge_pauses


@tagged('post_install', '-at_install')
class TestWorkingTime(BaseCase):
    """The arithmetic alone, second by second."""

    spans = st.tuples(st.integers(0, 40), st.integers(0, 9)).map(
        lambda pair: (pair[0], pair[0] + pair[1]))
    endless = st.integers(0, 50).map(lambda begin: (begin, None))

    @settings(max_examples=500, deadline=None)
    @given(
        st.lists(spans, max_size=6), st.lists(spans, max_size=3), st.lists(endless, max_size=2),
        st.integers(-5, 45), st.integers(0, 15),
    )
    def test_plan_is_what_a_walk_through_time_finds(self, work, over, running, start, amount):
        pauses = [*over, *running]
        planned = WorkingTime(work).plan(start, amount, merge_pauses(pauses))
        self.assertEqual(planned, self.walk(work, pauses, start, amount))

    def walk(self, work, pauses, start, amount):
        left = amount
        for moment in range(start, 60):
            counts = any(begin <= moment < end for begin, end in work) and not any(
                begin <= moment and (end is None or moment < end) for begin, end in pauses)
            if counts and not amount:
                return moment
            left -= counts
            if counts and not left:
                return moment + 1
        return None

    @settings(max_examples=200, deadline=None)
    @given(st.lists(spans, max_size=6), st.integers(-5, 60), st.integers(0, 60))
    def test_between_counts_each_second_once(self, work, begin, length):
        seconds = sum(
            any(start <= moment < end for start, end in work)
            for moment in range(begin, begin + length))
        self.assertEqual(WorkingTime(work).between(begin, begin + length), seconds)

    @settings(max_examples=300, deadline=None)
    @given(
        st.lists(spans, max_size=6), st.lists(spans, max_size=3), st.integers(-5, 45),
        st.integers(1, 15),
    )
    def test_unfolding_adds_up_to_what_was_promised(self, work, over, start, amount):
        working_time = WorkingTime(work)
        deadline = working_time.plan(start, amount, merge_pauses(over))
        if deadline is None:
            return
        parts = working_time.unfold(start, deadline, [(*pause, 'pause') for pause in over])
        counted = sum(end - begin for begin, end, word in parts if word == 'work')
        self.assertEqual(counted, amount)
        self.assertEqual((parts[0][0], parts[-1][1]), (start, deadline))
        for (_first, end, _word), (begin, _last, _next) in pairwise(parts):
            self.assertEqual(begin, end)
