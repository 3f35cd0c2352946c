"""Practical sessions that no slot announced: several devices of one room busy at a time.

Nothing here counts a session: what it finds is proposed, and a person accepts it.
"""

from __future__ import annotations

import numpy as np

from telemetry.columns import Int32s
from telemetry.rules import RuleSet, in_force
from telemetry.spans import Spans, covered
from telemetry.timelines import joined, outside


def detected(busy: Spans, announced: Spans, room: Int32s, rules: tuple[RuleSet, ...]) -> Spans:
    """When devices of a room were active together outside lessons, by room then start.

    Args:
        busy: when each equipment was busy, by equipment then start, none overlapping.
        announced: when it was in a lesson, margins included, by equipment then start.
        room: int32[number of equipment], the room of each, -1 for none.
        rules: as `ordered` gives them.

    Each version of the rules is asked alone, and answers for the sessions that start while it is in force.
    """
    found = [_by_rule(busy, announced, room, rule) for rule in rules]
    found = [spans.kept(in_force(rules, spans.start) == number) for number, spans in enumerate(found)]
    group, start, end = (np.concatenate(columns) for columns in zip(*found, strict=True))
    order = np.lexsort((end, start, group))
    return Spans(group[order], start[order], end[order])


def _by_rule(busy: Spans, announced: Spans, room: Int32s, rule: RuleSet) -> Spans:
    alone = outside(joined(busy, rule.detect_gap_ns), announced)
    in_room = Spans(room[alone.group], alone.start, alone.end)
    together = covered(in_room.kept(in_room.group >= 0), at_least=rule.detect_devices)
    sessions = joined(together, rule.detect_gap_ns)
    length = sessions.end - sessions.start
    return sessions.kept((length >= rule.detect_min_ns) & (length <= rule.detect_max_ns))
