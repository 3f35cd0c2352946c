from __future__ import annotations

import errno
import fcntl
import os
import struct
import termios
import threading
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.contract import Setting
from edge.backoff import Backoff
from edge.clock import SystemClock
from edge.errors import GiveUp, Retry
from edge.health import Health
from edge.links import serial as serial_link
from edge.links.serial import SerialLink
from edge.metrics import Metrics
from edge.pump import Pump, Surroundings
from telemetry.model import LinkChanged, State
from tests.edge.toys import DEADLINE_S, TOY, TOY_ID, ListJournal, ToyDriver, ToySettings, of_type
from tests.system.link_promises import a_close_wakes_a_reader_and_closing_again_is_harmless

pytestmark = pytest.mark.system

TCGETS2 = 0x802C542A
"""Linux: the line's settings with its speed in baud, `struct termios2` of 44 bytes."""


class Cable:
    """A device on a pseudo-terminal, with a by-id path that outlives its unplugging."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.plugged = False
        self.plug()

    def plug(self) -> None:
        self.device, self._port = os.openpty()
        tty.setraw(self.device)
        self.path.unlink(missing_ok=True)
        self.path.symlink_to(os.ttyname(self._port))
        self.plugged = True

    def unplug(self) -> None:
        if self.plugged:
            self.plugged = False
            os.close(self._port)
            os.close(self.device)

    def say(self, data: bytes) -> None:
        os.write(self.device, data)

    def hear(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            data += os.read(self.device, size - len(data))
        return data

    def attributes(self) -> list[object]:
        return list(termios.tcgetattr(self._port))

    def speed(self) -> int:
        settings = fcntl.ioctl(self._port, TCGETS2, bytes(44))
        return int(struct.unpack("=4IB19s2I", settings)[-1])


@pytest.fixture(name="cable")
def _cable(tmp_path: Path) -> Iterator[Cable]:
    cable = Cable(tmp_path / "usb-toy-if00")
    yield cable
    cable.unplug()


@pytest.fixture(name="link")
def _link(cable: Cable) -> Iterator[SerialLink]:
    link = SerialLink(str(cable.path), baud=115_200)
    link.open()
    yield link
    link.close()


def test_bytes_go_both_ways(cable: Cable, link: SerialLink) -> None:
    cable.say(b"idle\n")
    assert link.read(DEADLINE_S) == b"idle\n"
    link.write(b"?\n")
    assert cable.hear(2) == b"?\n"
    assert link.name == str(cable.path)


def test_every_byte_passes_unchanged(cable: Cable, link: SerialLink) -> None:
    every = bytes(range(256))
    cable.say(every)
    heard = b""
    while len(heard) < 256:
        heard += link.read(DEADLINE_S)
    link.write(every)
    assert (heard, cable.hear(256)) == (every, every)


def test_silence_is_no_loss(link: SerialLink) -> None:
    assert link.read(0.01) == b""


@pytest.mark.usefixtures("link")
def test_closing_does_not_hang_up(cable: Cable) -> None:
    cflag = cable.attributes()[serial_link.CFLAG]
    assert isinstance(cflag, int)
    assert not cflag & termios.HUPCL
    assert cflag & termios.CLOCAL
    assert not cflag & termios.CRTSCTS


def test_the_flag_that_hangs_up_is_set_before_we_come(cable: Cable) -> None:
    attributes = termios.tcgetattr(cable.device)
    attributes[serial_link.CFLAG] |= termios.HUPCL
    termios.tcsetattr(cable.device, termios.TCSANOW, attributes)
    link = SerialLink(str(cable.path), baud=115_200)
    link.open()
    link.close()
    cflag = cable.attributes()[serial_link.CFLAG]
    assert isinstance(cflag, int)
    assert not cflag & termios.HUPCL


@pytest.mark.parametrize("baud", [9600, 115_200, 250_000])
def test_the_speed_is_the_one_asked_for(cable: Cable, baud: int) -> None:
    link = SerialLink(str(cable.path), baud=baud)
    link.open()
    assert cable.speed() == baud
    link.close()


def test_a_port_is_held_by_one_only(cable: Cable, link: SerialLink) -> None:
    second = SerialLink(str(cable.path), baud=115_200)
    with pytest.raises(Retry, match="is held by another program") as error:
        second.open()
    assert (str(cable.path) in str(error.value), str(cable.path) in error.value.fix) == (True, True)
    link.close()
    second.open()
    second.close()


def test_a_port_that_another_program_has_locked_is_left_alone(cable: Cable) -> None:
    other = os.open(cable.path, os.O_RDWR | os.O_NOCTTY)
    fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
    before = cable.attributes()
    with pytest.raises(Retry, match="is held by another program"):
        SerialLink(str(cable.path), baud=9600).open()
    assert cable.attributes() == before
    os.close(other)


def test_pulling_the_plug_is_a_loss(cable: Cable, link: SerialLink) -> None:
    cable.unplug()
    with pytest.raises(Retry, match="unplugged"):
        link.read(DEADLINE_S)
    with pytest.raises(Retry):
        link.write(b"?\n")


def test_last_words_come_before_the_loss(cable: Cable, link: SerialLink) -> None:
    cable.say(b"busy\n")
    assert link.read(DEADLINE_S) == b"busy\n"
    cable.unplug()
    with pytest.raises(Retry):
        link.read(DEADLINE_S)


def test_a_path_that_vanished_is_a_loss_even_where_the_port_stays_silent(cable: Cable, link: SerialLink) -> None:
    cable.path.unlink()
    with pytest.raises(Retry, match="unplugged"):
        link.read(0.01)


def test_what_is_not_plugged_in_is_waited_for(tmp_path: Path) -> None:
    with pytest.raises(Retry, match="is not there") as error:
        SerialLink(str(tmp_path / "usb-gone"), baud=9600).open()
    assert "plug the device in" in error.value.fix


def test_what_is_no_port_is_given_up(tmp_path: Path) -> None:
    plain = tmp_path / "file"
    plain.write_text("")
    for path in (plain, tmp_path):
        with pytest.raises(GiveUp, match="is no serial port"):
            SerialLink(str(path), baud=9600).open()


@pytest.mark.parametrize(
    ("number", "kind", "said"),
    [
        (errno.EACCES, GiveUp, "dialout"),
        (errno.EBUSY, Retry, "fuser -v /dev/ttyUSB0"),
        (errno.EIO, Retry, "log"),
    ],
)
def test_every_refusal_says_what_to_do(number: int, kind: type[Exception], said: str) -> None:
    refused = SerialLink("/dev/ttyUSB0", baud=9600)._refused(OSError(number, os.strerror(number)))
    assert isinstance(refused, kind)
    assert said in refused.fix


def test_a_port_that_this_user_may_not_open_is_given_up(cable: Cable) -> None:
    if os.geteuid() != 0:
        cable.path.chmod(0)
        with pytest.raises(GiveUp, match="may not be opened by this user"):
            SerialLink(str(cable.path), baud=9600).open()
        return
    child = os.fork()
    if child == 0:  # only a child can give up being root
        cable.path.chmod(0)
        os.setuid(65534)
        try:
            SerialLink(str(cable.path), baud=9600).open()
        except GiveUp:
            os._exit(7)
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7


def test_an_impossible_speed_is_given_up(cable: Cable) -> None:
    with pytest.raises(GiveUp, match="baud"):
        SerialLink(str(cable.path), baud=-1).open()


def test_a_close_wakes_a_reader_and_closing_again_is_harmless(link: SerialLink) -> None:
    a_close_wakes_a_reader_and_closing_again_is_harmless(link, said="closed")


def test_a_device_that_takes_nothing_is_a_loss(link: SerialLink) -> None:
    assert link._port is not None
    link._port.write_timeout = 0.05
    with pytest.raises(Retry, match="took no command"):
        link.write(b"x" * 1_000_000)


def test_a_pump_survives_unplugging_and_replugging(cable: Cable) -> None:
    journal = ListJournal()
    setting = Setting(TOY_ID)
    pump = Pump(
        setting,
        TOY,
        SerialLink(str(cable.path), baud=115_200),
        driver=lambda: ToyDriver(setting, ToySettings()),
        around=Surroundings(journal, SystemClock(), Health(), Metrics()),
        backoff=Backoff(first_s=0.005, ceiling_s=0.02),
    )
    thread = threading.Thread(target=pump.run)
    thread.start()
    assert cable.hear(2) == b"?\n"
    cable.say(b"busy\n")
    told = journal.wait_for_state(State.BUSY)
    cable.unplug()
    lost = journal.wait_for_state(State.OFFLINE, after=told)
    cable.plug()
    assert cable.hear(2) == b"?\n"
    cable.say(b"idle\n")
    journal.wait_for_state(State.IDLE, after=lost)
    pump.stop()
    thread.join(DEADLINE_S)
    assert not thread.is_alive()
    assert [link.up for link in of_type(journal.records, LinkChanged)] == [True, False, True, False]
