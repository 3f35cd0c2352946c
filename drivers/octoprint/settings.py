"""The options of a printer behind OctoPrint's MQTT plugin.

The plugin's base topic is the link's filter, not an option.
"""

from __future__ import annotations

from drivers.contract import DriverSettings


class OctoprintSettings(DriverSettings):
    """What to keep of what the plugin publishes."""

    targets: bool = True
    """Whether target temperatures are readings too."""
