"""What to ask next, in which form and when: never more than one question without its answer.

It sends nothing itself and knows no state of the printer; times are ns of the driver's clock, which never goes back.

A question is over when its `ok` comes, when it is refused (resend, missing checksum), when the device says `wait`
though it has nothing to wait for, or when nothing was heard so long that it must have been lost. A firmware that blocks
(M109, G28, M0) answers late: its `busy:` lines and the `W:` of its temperature lines say so, and then nothing more is
asked. Where a firmware blocks without a word of it, each further question waits twice as long as the one before.
"""

from __future__ import annotations

from collections import deque

from drivers.marlin.messages import (
    Busy,
    Capability,
    Card,
    CardPosition,
    Halt,
    Message,
    Ok,
    Resend,
    Sign,
    UnknownCommand,
)
from drivers.marlin.questions import numbered
from drivers.marlin.settings import MarlinSettings
from telemetry.model import NS_PER_S

BOOT_NS = NS_PER_S
"""After a start banner the firmware still reads its memory and its card."""

RETRY_NS = NS_PER_S // 2
RETRY_LIMIT_NS = 10 * NS_PER_S
"""A refused question is asked again so soon; each further refusal doubles it up to the limit."""

LOST_LIMIT_NS = 60 * NS_PER_S
"""A device that does not answer is asked at least so often: it may have come back without a banner."""

REVIVED_AFTER = 3
"""So many clean answers end a halt whose banner was lost: a halted Marlin gives none, a halted Smoothie not to M27."""

DOUBTS_LIMIT = 2
REFUSED_NS = 60 * NS_PER_S
"""A firmware without a card says so twice, since once may have been a garbled question; then it is asked so seldom."""

_AUTOREPORT = {"AUTOREPORT_TEMP": "M105", "AUTOREPORT_SD_STATUS": "M27"}
_SWITCH = {"M105": "M155", "M27": "M27"}


class Conversation:
    """The one question that may be open, those that are due, and the line numbers where the firmware wants them."""

    def __init__(self, settings: MarlinSettings) -> None:
        """Nothing asked, nothing due."""
        self._settings = settings
        self._polled = ["M105", "M27"] if settings.sd else ["M105"]
        self._poll = round(settings.poll_s * NS_PER_S)
        self._patience = round(settings.silence_s * NS_PER_S)
        self._numbering = False
        self._halted = False
        self.opened(0, quiet_ns=0)

    def opened(self, now: int, *, quiet_ns: int) -> None:
        """The port was opened: everything but a halt is asked anew, nothing before `quiet_ns` are over."""
        self.asked = ""
        self._asked_at = now
        self._not_before = now + quiet_ns
        self._todo: deque[str] = deque(["M115", *self._polled])
        self._seen_at = {"M105": now, "M27": now}
        self._reports: set[str] = set()
        self._refused: set[str] = set()
        self._patience_now = self._patience
        self._retry = RETRY_NS
        self._number = 0
        self._clean = self._doubts = 0
        self._blocked_at = now
        self._answered: set[str] = set()

    def told(self, message: Message, now: int) -> None:
        """The device said `message`."""
        match message:
            case Ok():
                self._ok(now)
            case Busy():
                self._blocked_at = now
            case Resend(number):
                self._refused_now(now, wanted=number)
            case UnknownCommand(command):
                self._unknown(command)
            case Capability(name, on=True):
                self._capability(name)
            case CardPosition() | Card():
                self._seen_at["M27"] = now
                self._doubts = 0
                self._refused.discard("M27")
            case Halt():
                self._halt()
            case Sign():
                self._sign(message, now)
            case _:
                pass

    def warmth(self, now: int, *, waiting: bool) -> None:
        """Temperatures were told; `waiting` by a command that blocks until they are reached."""
        self._seen_at["M105"] = now
        if waiting:
            self._blocked_at = now

    @property
    def halted(self) -> bool:
        """Whether the firmware stopped everything and has not shown since that it lives again."""
        return self._halted

    @property
    def known(self) -> bool:
        """Whether every polled question was answered since the start."""
        return self._answered.issuperset(self._polled)

    def _sign(self, sign: Sign, now: int) -> None:
        match sign:
            case Sign.BANNER | Sign.CONTINUED:
                self._halted = False
                self.opened(now, quiet_ns=BOOT_NS)
            case Sign.WAIT if now - self._asked_at >= self._poll:
                self._refused_now(now)
            case Sign.NEEDS_NUMBERS if self.asked:
                self._numbering = True
                self._refused_now(now)
            case _:
                pass

    def _halt(self) -> None:
        """What was asked will not be answered, and there is no hurry to ask anything."""
        self.asked, self._clean, self._halted = "", 0, True
        self._todo.clear()

    def _ok(self, now: int) -> None:
        """An `ok` with no question open is a late or a foreign one."""
        answered, self.asked = self.asked, ""
        if not answered:
            return
        self._retry, self._patience_now = RETRY_NS, self._patience
        self._answered.add(answered.partition(" ")[0])
        if answered in self._seen_at:
            self._seen_at[answered] = now
        if self._halted:
            self._clean += 1
            self._halted = self._clean < REVIVED_AFTER

    def _refused_now(self, now: int, *, wanted: int = 0) -> None:
        """Our line came garbled, not at all, or as `wanted` again; an `ok` that follows answers nothing.

        Line numbers go on where the firmware wants our last one or the next; any other count is not ours.
        """
        if self.asked:
            ours = self._numbering and wanted in {self._number - 1, self._number}
            self._again(now + self._retry, number=wanted if ours else 0)
            self._retry = min(self._retry * 2, RETRY_LIMIT_NS)

    def _unknown(self, command: str) -> None:
        """The firmware does not know what we asked; without its name it must be the open question."""
        command = command or self.asked.partition(" ")[0]
        self._reports -= {report for report, switch in _SWITCH.items() if switch == command}
        self._doubts += command == "M27"
        if self._doubts >= DOUBTS_LIMIT:
            self._refused.add("M27")
            self._todo = deque(question for question in self._todo if not question.startswith("M27"))

    def _capability(self, name: str) -> None:
        """The firmware can report by itself: it shall."""
        question = _AUTOREPORT.get(name, "")
        if question in self._polled and question not in self._refused | self._reports:
            self._reports.add(question)
            self._todo.append(f"{_SWITCH[question]} S{max(1, round(self._settings.poll_s))}")

    def next(self, now: int) -> bytes:
        """The line to send now, empty for none; what it returns counts as asked."""
        if self.asked and now >= self._lost_at():
            self._patience_now = min(self._patience_now * 2, max(LOST_LIMIT_NS, self._patience))
            self._again(now)
        if self.asked or now < self.due_at():
            return b""
        return self._send(self._choose(), now)

    def due_at(self) -> int:
        """When to look again: the open question is given up, or the next one is due."""
        if self.asked:
            return self._lost_at()
        if self._todo:
            return self._not_before
        if self._halted:
            return max(self._asked_at + self._patience, self._not_before)
        return max(self._not_before, min(self._due(question) for question in self._polled))

    def _lost_at(self) -> int:
        return max(self._asked_at, self._blocked_at) + self._patience_now

    def _again(self, not_before: int, *, number: int = 0) -> None:
        if self.asked != "M110 N0":
            self._todo.appendleft(self.asked)
        self.asked, self._number, self._not_before = "", number, not_before

    def _due(self, question: str) -> int:
        """A report that the firmware should send by itself is asked for when three of them did not come."""
        period = REFUSED_NS if question in self._refused else self._poll * (3 if question in self._reports else 1)
        return self._seen_at[question] + period

    def _choose(self) -> str:
        if self._numbering and self._number == 0:
            return "M110 N0"
        if self._todo:
            return self._todo.popleft()
        if self._halted:
            return self._polled[-1]  # Smoothie answers M105 though it is halted, and M27 not
        return min(self._polled, key=self._due)

    def _send(self, question: str, now: int) -> bytes:
        self.asked, self._asked_at = question, now
        if not self._numbering:
            return f"{question}\n".encode()
        line = numbered(question, self._number)
        self._number += 1
        return f"{line}\n".encode()
