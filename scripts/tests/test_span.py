# SPDX-License-Identifier: GPL-2.0
"""How long a run of what has no end goes on."""

from __future__ import annotations

import unittest

import span
from progress import Failure


class Wanted(unittest.TestCase):
    def test_without_a_wish_the_long_form_has_its_own_length(self) -> None:
        self.assertEqual(600, span.wanted({}).seconds(600, 30))

    def test_the_short_form_has_its_own(self) -> None:
        self.assertEqual(30, span.SHORT.seconds(600, 30))

    def test_a_wish_goes_before_both(self) -> None:
        self.assertEqual(3600, span.wanted({"MINUTES": "60"}).seconds(600, 30))

    def test_what_is_no_length_is_refused(self) -> None:
        for text in ("0", "-1", "1h", "1.5", "99999", " "):
            with self.assertRaisesRegex(Failure, f"MINUTES={text}: say a number"):
                span.wanted({"MINUTES": text})


if __name__ == "__main__":
    unittest.main()
