"""What is known of one printer between its lines: its print, its pauses, its halt; and the facts that follow.

It is told messages and gives jobs and facts; it asks nothing, and which state the facts mean is the table's matter.
Times called `now` are ns of the driver's own clock, `at` is the gateway's.
"""

from __future__ import annotations

from drivers.marlin.heaters import Heaters
from drivers.marlin.jobs import Job
from drivers.marlin.messages import Action, Busy, Card, CardFile, CardPosition, Halt, Message, Ok, Progress, Sign
from drivers.marlin.settings import MarlinSettings
from drivers.marlin.states import Facts, state_of
from telemetry.model import NS_PER_S, Instant, JobOutcome, JobSeen, State

MOVES_AFTER_PAUSE = 2
"""The file's position may move once after a pause was told, by what was already on its way."""

UNHEARD = "it ended while the printer was not heard"
UNFINISHED = "the card stopped before the end"


class Printer:
    """One printer."""

    def __init__(self, settings: MarlinSettings, heaters: Heaters, job: Job) -> None:
        """Nothing is known of it."""
        self._hold_ns = round(settings.busy_hold_s * NS_PER_S)
        self._stall_ns = round(settings.stall_s * NS_PER_S)
        self._heaters = heaters
        self._job = job
        self._said: list[JobSeen] = []
        self._halted = self._busy = self._paused = self._card_paused = ""
        self._booting = self._away = False
        self._busy_at = self._moved_at = self._moves = 0

    def opened(self, now: int) -> None:
        """The link is open again: a print is believed only when the printer has spoken; a halt is remembered."""
        self._away, self._booting = True, False
        self._busy = self._card_paused = ""
        self._moved_at = now
        self._heaters.forget()

    def told(self, message: Message, at: Instant, now: int) -> None:
        """The printer said `message`."""
        match message:
            case Ok() if self._works():
                self._busy = ""
            case Busy(word):
                self._busy, self._busy_at = word, now
            case Action():
                self._action(message, at, now)
            case CardPosition():
                self._position(message, at, now)
            case Card():
                self._card(message, at)
            case CardFile(name):
                self._job.file = name
            case Progress(share):
                self._progress(share, at)
            case Halt(reason):
                self._halted = self._halted or reason
                self._end(JobOutcome.FAILED, at, self._halted)
            case Sign.BANNER | Sign.CONTINUED:
                self._restarted(at)
            case _:
                pass

    def revived(self) -> None:
        """It answers again after a halt."""
        self._halted = ""

    def settle(self, at: Instant, now: int, *, known: bool) -> None:
        """Draw the conclusions that no single line holds; `known` when every question has had its answer."""
        if self._busy and now >= self._busy_at + self._hold_ns:
            self._busy = ""
        if self._away and known:
            self._away = False
            self._end(JobOutcome.UNKNOWN, at, UNHEARD)
        if self._job.stopped and not self._heaters.wanted:
            self._end(JobOutcome.CANCELLED, at, UNFINISHED)

    def hold(self, state: State, at: Instant, *, reason: str) -> None:
        """The whole printer came to be in `state`: so its print is held, or goes on."""
        if state in {State.PAUSED, State.BUSY}:
            self._said += self._job.hold(at, held=state is State.PAUSED, reason=reason)

    def take(self) -> list[JobSeen]:
        """What is to be said of the print, once."""
        said, self._said = self._said, []
        return said

    def facts(self, now: int, *, silent: str, known: bool) -> Facts:
        """All that is known now."""
        believed = not self._away
        return Facts(
            halted=self._halted,
            silent=silent,
            busy=self._busy,
            paused=(self._paused or self._card_paused) if believed else "",
            unmoving=self._unmoving(now) if believed else "",
            printing=self._job.title if believed else "",
            heating=self._heaters.wanted,
            booting=self._booting,
            known=known and believed,
        )

    def turns_at(self) -> list[int]:
        """When the facts change by themselves, on the driver's own clock; past times among them."""
        turns = [self._moved_at + self._stall_ns] if self._may_stall() else []
        return [*turns, self._busy_at + self._hold_ns] if self._busy else turns

    def _works(self) -> bool:
        return state_of(f"busy: {self._busy}") is State.SETUP

    def _action(self, action: Action, at: Instant, now: int) -> None:
        match action.verb:
            case "pause" | "paused":
                self._paused, self._moves = action.text or self._paused or "paused", 0
            case "prompt_begin" if self._paused:
                self._paused = action.text or self._paused
            case "resume" | "resumed":
                self._paused = self._card_paused = ""
                self._busy = self._busy if self._works() else ""
                self._moved_at = now
            case "cancel" | "cancelled" | "canceled" | "abort" | "print_abort":
                self._end(JobOutcome.CANCELLED, at, "cancelled at the printer")
            case "start" | "print_start" if not self._job.on:
                self._said += self._job.start(at)
            case _:
                pass

    def _position(self, position: CardPosition, at: Instant, now: int) -> None:
        said, moved = self._job.card(position.done, position.total, at, again=self._away)
        self._said += said
        self._away, self._card_paused = False, "paused" if position.paused else ""
        if moved:
            self._moved_at = now
            self._moves += 1
            if self._moves >= MOVES_AFTER_PAUSE:
                self._paused = ""

    def _card(self, card: Card, at: Instant) -> None:
        was_away, self._away = self._away, False
        self._card_paused = "paused" if card is Card.PAUSED else ""
        match card:
            case Card.ABORTED:
                self._end(JobOutcome.CANCELLED, at, "aborted")
            case Card.FINISHED:
                self._said += [] if self._job.on else self._job.start(at)
                self._end(JobOutcome.COMPLETED, at)
            case Card.NONE if self._job.total and self._job.stop():
                self._end(JobOutcome.COMPLETED, at)
            case Card.NONE if was_away:
                self._end(JobOutcome.UNKNOWN, at, UNHEARD)
            case _:
                pass

    def _progress(self, share: float, at: Instant) -> None:
        if self._job.total:
            return
        self._away = False
        if not self._job.on and share < 1:
            self._said += self._job.start(at)
        self._said += self._job.progress(share, at)
        if share >= 1:
            self._end(JobOutcome.COMPLETED, at)

    def _restarted(self, at: Instant) -> None:
        self._end(JobOutcome.FAILED, at, "the printer started anew")
        self._halted = self._busy = ""
        self._booting, self._away = True, False
        self._heaters.forget()

    def _end(self, outcome: JobOutcome, at: Instant, reason: str = "") -> None:
        self._said += self._job.end(outcome, at, reason=reason)
        self._paused = self._card_paused = ""

    def _unmoving(self, now: int) -> str:
        if self._job.stopped:
            return UNFINISHED
        return (
            "the file's position stands still" if self._may_stall() and now >= self._moved_at + self._stall_ns else ""
        )

    def _may_stall(self) -> bool:
        """Whether nothing else explains a position that stands still: no command at work, no cold heater."""
        return self._job.on and self._job.total > 0 and not self._busy and not self._heaters.warming
