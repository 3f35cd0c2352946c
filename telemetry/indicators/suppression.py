"""Small groups of people, hidden in what leaves the school, so that nobody can be told from a number.

Nothing here computes a value or rounds one: a component is shown as it is, or not at all.

Below the threshold a component is hidden. One hidden number could be had by subtracting the others from the whole, and
several where the rule itself leaves only one answer (two ones in a sum of two). So the smallest component that is not
under the threshold, and all equal to it, are hidden with them. Then for each hidden component there is another table of
the same shown numbers and the same whole in which it is different; the tests go through all small tables to prove it.
That holds where the whole is hidden too if it is itself under the threshold (`is_small`), and for one breakdown of one
window: who is given several windows of a sum may subtract those.
"""

from __future__ import annotations

from collections.abc import Sequence

from telemetry.indicators.definition import How
from telemetry.indicators.facts import Amount

LEAST_THRESHOLD = 3
"""Under 3, two hidden ones can only be ones."""


def size_of(amount: Amount) -> int:
    """How many people or things a value is about: what it counts, or for a share what it is a share of."""
    return amount.numerator if amount.denominator is None else amount.denominator


def is_small(amount: Amount, threshold: int) -> bool:
    """Whether a value is about somebody, but about fewer than the threshold."""
    return 0 < size_of(amount) < threshold


def suppressed(
    components: Sequence[tuple[str, Amount, How]], threshold: int
) -> tuple[tuple[str, Amount | None, How], ...]:
    """The components of one breakdown in their order, None in place of what must be hidden.

    `threshold` 0 hides nothing; otherwise it is at least `LEAST_THRESHOLD`, or a `ValueError`. Where nothing is small
    nothing is hidden; where something is, zeros are hidden with it, for they say that the others are not zero.
    """
    if 0 < threshold < LEAST_THRESHOLD:
        message = f"a threshold of {threshold} hides nobody; use 0 for none, or {LEAST_THRESHOLD} or more"
        raise ValueError(message)
    if not any(is_small(amount, threshold) for _, amount, _ in components):
        return tuple(components)
    sizes = [size_of(amount) for _, amount, _ in components]
    cover = min((size for size in sizes if size >= threshold), default=threshold)
    return tuple(
        (key, None if size <= cover else amount, how)
        for (key, amount, how), size in zip(components, sizes, strict=True)
    )
