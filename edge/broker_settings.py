"""What the managed Mosquitto is told, and why; its own defaults lose data.

Only text is made here: nothing is written or started.
"""

from __future__ import annotations

import base64
import hashlib
import ipaddress
import secrets
from pathlib import Path
from typing import Final

from edge.errors import GiveUp
from edge.settings import Mqtt

PASSWORDS: Final = "passwords"
ROUNDS: Final = 20_000
"""Of the hash; the file is readable by the gateway's user only, and the secret is in that user's environment anyway."""

TEXT: Final = """\
# Written by labedge at every start: changes here are lost. Settings are in [mqtt] of labedge's own file.
per_listener_settings false
{user}
# What waits for the gateway survives a restart: written every 5 s (Mosquitto's own default is 1,800 s) and at its end.
persistence true
persistence_location {folder}/
persistence_file mosquitto.db
autosave_interval 5
# The gateway acknowledges after its commit, so much must be in flight in 20 ms (default: 20 messages).
max_inflight_messages 2000
# An hour of 100 messages a second while the gateway is away (default: 1,000), and no more memory than a small PC has.
max_queued_messages 500000
max_queued_bytes 134217728
# Larger than what the gateway takes, so that a message that is too large is recorded and shown, not lost in silence.
max_packet_size 16777216
# A device that was given away does not keep its queue for ever.
persistent_client_expiration 60d
set_tcp_nodelay true
log_dest stderr
log_type error
log_type warning
connection_messages false
listener {port} {host}
{access}
"""


def configuration(mqtt: Mqtt, folder: Path, *, port: int, as_root: bool) -> str:
    """The text of mosquitto.conf; raises `GiveUp` where anybody on the network could write into the journal.

    As root Mosquitto would become the user `mosquitto`, who may not see the gateway's folder: it stays what the
    gateway is, no more. Otherwise it is the gateway's user anyway.
    """
    if not mqtt.user and not is_loopback(mqtt.host):
        raise GiveUp(
            f"The broker would listen on {mqtt.host}, where the whole network could write into the journal.",
            fix='Set [mqtt] user and password = "env:NAME", or [mqtt] host = "127.0.0.1".',
        )
    if mqtt.user and (":" in mqtt.user or not mqtt.user.isprintable() or not mqtt.password):
        raise GiveUp("[mqtt] user needs a password, and no colon in its name.", fix='Set [mqtt] password = "env:NAME".')
    closed = f"allow_anonymous false\npassword_file {folder / PASSWORDS}"
    return TEXT.format(
        user="user root" if as_root else "# As the gateway's own user.",
        folder=folder,
        port=port,
        host=mqtt.host,
        access=closed if mqtt.user else "allow_anonymous true",
    )


def password_line(user: str, password: str) -> str:
    """One line of a password file, as `mosquitto_passwd` writes it, without the secret on a command line."""
    salt = secrets.token_bytes(12)
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, ROUNDS)
    return f"{user}:$7${ROUNDS}${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}\n"


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches `host`."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def reachable(host: str) -> str:
    """`host` as a client on this machine names it."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if address.is_unspecified:
        return "127.0.0.1" if address.version == 4 else "[::1]"
    return f"[{host}]" if address.version == 6 else host
