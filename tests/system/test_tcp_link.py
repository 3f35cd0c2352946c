from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from edge.errors import GiveUp, Retry
from edge.links import tcp
from edge.links.tcp import TcpLink
from tests.edge.toys import DEADLINE_S
from tests.system.link_promises import a_close_wakes_a_reader_and_closing_again_is_harmless

pytestmark = pytest.mark.system


@pytest.fixture(name="server")
def _server() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(DEADLINE_S)
        yield server


@pytest.fixture(name="link")
def _link(server: socket.socket) -> Iterator[TcpLink]:
    link = TcpLink("127.0.0.1", server.getsockname()[1])
    link.open()
    yield link
    link.close()


@pytest.fixture(name="device")
def _device(server: socket.socket, link: TcpLink) -> Iterator[socket.socket]:
    del link  # it has connected
    device, _ = server.accept()
    device.settimeout(DEADLINE_S)
    with device:
        yield device


def test_bytes_go_both_ways(link: TcpLink, device: socket.socket) -> None:
    device.sendall(b"idle\n")
    assert link.read(DEADLINE_S) == b"idle\n"
    link.write(b"?\n")
    assert device.recv(10) == b"?\n"


@pytest.mark.parametrize("timeout_s", [0.0, 0.01])
def test_silence_is_no_loss(link: TcpLink, timeout_s: float) -> None:
    assert link.read(timeout_s) == b""


def test_a_connection_that_the_device_closed_is_a_loss(link: TcpLink, device: socket.socket) -> None:
    device.close()
    with pytest.raises(Retry, match="closed the connection"):
        link.read(DEADLINE_S)


def test_a_connection_that_was_reset_is_a_loss(link: TcpLink, device: socket.socket) -> None:
    device.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    device.close()
    with pytest.raises(Retry, match="is lost"):
        link.read(DEADLINE_S)


def test_nobody_there_is_waited_for(server: socket.socket) -> None:
    port = server.getsockname()[1]
    server.close()
    with pytest.raises(Retry, match="cannot be reached") as error:
        TcpLink("127.0.0.1", port).open()
    assert error.value.fix


@pytest.mark.parametrize(("host", "port"), [("127.0.0.1", 99_999), ("127.0.0.1", 0), ("a" * 64 + ".lan", 1)])
def test_an_impossible_address_is_given_up(host: str, port: int) -> None:
    with pytest.raises(GiveUp, match="is no address"):
        TcpLink(host, port).open()


def test_a_dead_peer_is_noticed_by_the_kernel(link: TcpLink) -> None:
    connected = link._socket
    assert connected is not None
    assert connected.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
    for option, value in tcp.KEEPALIVE:
        assert connected.getsockopt(socket.IPPROTO_TCP, getattr(socket, option)) == value


@pytest.mark.usefixtures("device")
def test_a_device_that_takes_nothing_is_a_loss(link: TcpLink, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tcp, "WRITE_S", 0.05)
    with pytest.raises(Retry, match="does not take"):
        link.write(b"x" * 50_000_000)


@pytest.mark.usefixtures("device")
def test_a_close_wakes_a_reader_and_closing_again_is_harmless(link: TcpLink) -> None:
    a_close_wakes_a_reader_and_closing_again_is_harmless(link, said="is closed")
