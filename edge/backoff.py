"""When to try again: the waiting times between attempts, as a policy without a clock.

Nothing here waits; whoever follows the policy does, on an event.
"""

from __future__ import annotations

from dataclasses import dataclass

EXPONENT_LIMIT = 30
"""Doublings after which the ceiling has long been reached; more would overflow a float."""


@dataclass(frozen=True, slots=True)
class Backoff:
    """Waiting times that grow by `factor` from `first_s` to `ceiling_s`, each shortened by up to `jitter` of itself.

    `settled_s` is how long a success must last before the next failure counts as a first one again.
    """

    first_s: float = 0.5
    ceiling_s: float = 30.0
    factor: float = 2.0
    jitter: float = 0.2
    settled_s: float = 10.0

    def delay_s(self, failures: int, draw: float) -> float:
        """Seconds to wait after `failures` ≥ 1 in a row; `draw` in [0, 1) is the chance that spreads the attempts."""
        doublings = min(max(failures, 1) - 1, EXPONENT_LIMIT)
        return min(self.ceiling_s, self.first_s * self.factor**doublings) * (1 - self.jitter * draw)


HOPELESS = Backoff(first_s=60.0, ceiling_s=60.0)
"""For what will not work until a person changes something: seldom, so that the fix is still noticed by itself."""
