"""When a GRBL controller may be asked, and when its silence means something.

Only counts and compares the times that it is given; never sends.

    opened --settle or banner--> ask --period--> ask --period--> ask --silence--> ask --silence--> ...
                                  |                               |
                                  report: from here on a period   three unanswered: only now and then
"""

from __future__ import annotations

from drivers.grbl.settings import LEAST_PERIOD_S, GrblSettings
from telemetry.model import NS_PER_S, Instant

LEAST_GAP_NS = round(LEAST_PERIOD_S * NS_PER_S)

MOST_UNANSWERED = 3
"""After so many questions without an answer only one each `silence_s` follows, to see a device that came back."""

TELLING_UNANSWERED = 2
"""Silence needs so many questions in vain, so that one late waking or a clock set forward is no silence."""


class Pace:
    """The questions of one driver; every time is the gateway's."""

    __slots__ = ("_asked_at", "_heard_at", "_settings", "_unanswered", "ask_at")

    def __init__(self, settings: GrblSettings) -> None:
        self._settings = settings
        self.opened(0)

    def opened(self, at: Instant) -> None:
        """The link opened: wait until the board has booted."""
        self.ask_at = self._heard_at = at + self._settings.settle_ns
        self._asked_at = at - LEAST_GAP_NS
        self._unanswered = 0

    def greeted(self, at: Instant) -> None:
        """The welcome banner came: ask at once, but never sooner after the last question than the least gap."""
        self._heard_at = at
        self._unanswered = 0
        self.ask_at = max(at, self._asked_at + LEAST_GAP_NS)

    def reported(self, at: Instant, *, idle: bool) -> None:
        """A report came, asked or not."""
        self._heard_at = at
        self._unanswered = 0
        self.ask_at = max(at + self._settings.period_ns(idle=idle), self._asked_at + LEAST_GAP_NS)

    def asked(self, at: Instant, *, idle: bool) -> None:
        """A question leaves now."""
        self._asked_at = at
        self._unanswered += 1
        patient = self._unanswered >= MOST_UNANSWERED
        self.ask_at = at + (self._settings.silence_ns if patient else self._settings.period_ns(idle=idle))

    @property
    def silent_at(self) -> Instant | None:
        """From when on the silence means something, if nothing comes until then; `None` while too little was asked."""
        if self._unanswered < TELLING_UNANSWERED:
            return None
        return max(self._heard_at + self._settings.silence_ns, self._asked_at + LEAST_GAP_NS)

    def shift(self, by_ns: int) -> None:
        """The clock was set: every remembered time moves along."""
        self.ask_at += by_ns
        self._heard_at += by_ns
        self._asked_at += by_ns
