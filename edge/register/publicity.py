"""Where a centre tells about itself, and what it told.

Nothing of what was published is kept, only its title.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field, model_validator

from edge.register.entry import Code, Codes, Day, Document, Entry, Text, Title, rising
from edge.register.events import DirectionOrNone


class ChannelKind(StrEnum):
    """What an information channel is."""

    WEBSITE = "website"
    SOCIAL_NETWORK = "social_network"
    MESSENGER = "messenger"
    VIDEO = "video"
    NEWSPAPER = "newspaper"
    RADIO = "radio"
    TELEVISION = "television"
    OTHER = "other"


class InformationChannel(Entry):
    """A site, a page of a social network, a newspaper that told of the centre from `first_day` to `last_day`."""

    kind: ClassVar[str] = "information_channel"
    natural: ClassVar[tuple[str, ...]] = ("name", "channel_kind")

    name: Title
    channel_kind: ChannelKind = ChannelKind.OTHER
    address: Text = ""
    first_day: Day
    last_day: Day | None = None
    document: Document = ""

    @model_validator(mode="after")
    def _is_orderly(self) -> InformationChannel:
        rising(self.first_day, self.last_day, "the channel")
        return self


class Publication(Entry):
    """`count` publications of one day in one channel, and the equipment that they tell of or were made with."""

    kind: ClassVar[str] = "publication"
    refers: ClassVar[Mapping[str, str]] = {"channel": "information_channel"}
    natural: ClassVar[tuple[str, ...]] = ("channel", "title", "day")

    channel: Code
    direction: DirectionOrNone = ""
    title: Title
    equipment: Codes = ()
    count: Annotated[int, Field(ge=1, le=1000)] = 1
    day: Day
    document: Document = ""
