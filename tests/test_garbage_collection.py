"""The guide collects garbage rarely while it makes a site, and leaves its caller's settings as they were."""

from __future__ import annotations

import gc

from lp_guide.rare_garbage_collection import THRESHOLDS, rare_garbage_collection


def test_garbage_is_collected_rarely_until_the_end():
    before = gc.get_threshold()
    with rare_garbage_collection():
        assert gc.get_threshold() == THRESHOLDS != before
    assert gc.get_threshold() == before


def test_what_the_caller_skips_stays_skipped():
    gc.freeze()
    skipped = gc.get_freeze_count()
    with rare_garbage_collection(), rare_garbage_collection():
        pass
    assert gc.get_freeze_count() >= skipped - 1000  # of which a few may have been freed
