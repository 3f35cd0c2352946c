"""The hours of lessons, weighted: lesson hours, learner-hours.

Nothing here decides which lessons count or how many learners came: that is the caller's weight, 0 for what does not.
"""

from __future__ import annotations

import numpy as np

from telemetry.columns import Buckets, Int64s
from telemetry.spans import Spans, durations, split_at
from telemetry.utilisation import LIMIT_NS


def lesson_hours(lessons: Spans, buckets: Buckets, weight: Int64s, *, n_keys: int) -> Int64s:
    """The sum of weight x length of the lessons of each key inside each bucket, int64[n_keys, n_buckets] ns.

    Args:
        lessons: by key, -1 is left out; a lesson through the edge of a bucket counts in both, by its parts.
        buckets: those of one window.
        n_keys: how many keys there are, 0 to n_keys - 1.
        weight: int64[n] of each lesson, at least 0: 1 for lesson hours, the learners who came for learner-hours.

    Raises `OverflowError` where a sum would be more than 292 years.
    """
    sums = np.zeros((n_keys, len(buckets)), np.int64)
    if not len(buckets):
        return sums
    edges = np.append(buckets.start, buckets.end[-1])
    pieces, row, bucket = split_at(lessons, edges)
    kept = (pieces.group >= 0) & (bucket >= 0) & (bucket < len(buckets))
    length = durations(pieces)
    if float(np.dot(length[kept].astype(np.float64), weight[row[kept]].astype(np.float64))) > LIMIT_NS:
        raise OverflowError("more than 292 years of weighted lesson time: ask for a shorter window or fewer lessons")
    np.add.at(sums, (pieces.group[kept], bucket[kept]), length[kept] * weight[row[kept]])
    return sums
