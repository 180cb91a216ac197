from odoo.tests import tagged

from .merge_common import MergeCommon
from .test_response_time import ResponseCommon

# a Friday in March 2026, in UTC; Brussels is an hour ahead
NINE, TEN, ELEVEN = (f'2026-03-06 {hour:02}:00:00' for hour in (8, 9, 10))


@tagged('post_install', '-at_install', 'crm_plus_duplicates')
class TestResponseMerge(ResponseCommon, MergeCommon):
    """What is promised to somebody who wrote twice, once the two leads are merged."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.promise()

    def merged(self, survivor, other, moment=ELEVEN):
        with self.at(moment):
            merge = self.merge(survivor, other)
        self.env.invalidate_all()
        return merge

    def test_who_was_answered_on_one_lead_waits_on_none(self):
        kept, twin = self.lead(NINE), self.lead(NINE, name="Twin")
        self.answer(twin, TEN)
        self.assertEqual(kept.response_state, 'waiting')
        merge = self.merged(kept, twin)
        self.assertEqual(kept.response_state, 'kept')
        self.assertEqual(kept.response_date, self.time(TEN))
        self.assertEqual(kept.response_minutes, 60)
        self.assertEqual(kept.response_user_id, self.salesperson)
        self.undo(merge)
        self.env.invalidate_all()
        self.assertEqual((kept.response_state, kept.response_date), ('waiting', False))

    def test_an_answer_of_before_answers_no_later_question(self):
        kept, twin = self.lead(TEN), self.lead('2026-03-05 09:00:00', name="Twin")
        self.answer(twin, NINE)
        self.merged(kept, twin)
        self.assertEqual(kept.response_state, 'waiting')

    def test_who_waits_is_not_forgotten(self):
        kept = self.lead(NINE, source_id=False)
        twin = self.lead(TEN, name="Twin")
        self.assertFalse(kept.response_state)
        self.merged(kept, twin)
        self.assertEqual(kept.response_state, 'waiting')
        self.assertEqual(kept.response_start_date, self.time(TEN))
        self.assertEqual(kept.response_deadline, twin.response_deadline)
        self.answer(kept, ELEVEN)
        self.assertEqual(kept.response_state, 'kept')
