"""The board in a real browser: what a person sees, and how soon."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from typing import Self

import numpy as np
import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect, sync_playwright

from api.main import create_app
from edge.clock import SystemClock
from edge.health import Health, Part
from edge.ingest import Ingest
from edge.journal.memory import MemoryJournal
from edge.live import Live
from edge.metrics import Metrics
from edge.numbers.office import numbers_of
from edge.register.database import MEMORY
from edge.register.sqlite import SqliteRegister
from edge.settings import Centre, Equipment, Settings
from edge.store.memory import MemoryStore
from telemetry.model import (
    NS_PER_S,
    Channel,
    EquipmentId,
    EquipmentSeen,
    JobPhase,
    JobSeen,
    LinkChanged,
    ReadingBatch,
    State,
    StateSeen,
)

pytestmark = pytest.mark.system

CHROMIUM = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DESKTOP: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
WALL: ViewportSize = {"width": 1920, "height": 1080}
UPRIGHT: ViewportSize = {"width": 1080, "height": 1920}
DEADLINE_S = 30.0
MINUTE = 60 * NS_PER_S
PRINTER = EquipmentId("printer-1")
LONG_NAME = "Фрезерно-гравировальный станок с ЧПУ Roland monoFab SRM-20 (учебный, второй класс)"
EQUIPMENT = (
    Equipment(id=PRINTER, name="Принтер 1", room="printers", driver="marlin"),
    Equipment(id="arm-1", name="Манипулятор", room="prisms", driver="labedge"),
    *(
        Equipment(id=f"{state.word}-{room}", name=LONG_NAME, room=room, driver="grbl")
        for state in State
        for room in ("workshop", "it")
    ),
)


class Gateway:
    """The pages over a journal in memory, served on a free port of loopback."""

    def __init__(self) -> None:
        self.clock, self.health, metrics = SystemClock(), Health(), Metrics()
        self.live = Live(metrics)
        self.live.roster(EQUIPMENT)
        self.journal = MemoryJournal(clock=self.clock, on_commit=self.live.publish)
        store = MemoryStore(self.journal)
        self.numbers = numbers_of(store, SqliteRegister(MEMORY), lambda: EQUIPMENT, centre=Centre(), clock=self.clock)
        app = create_app(
            settings=Settings(centre=Centre(name="Кванториум «Опыт»", language="ru"), equipment=EQUIPMENT, demo=True),
            store=store,
            live=self.live,
            ingest=Ingest(self.journal, self.clock, live=self.live, metrics=metrics),
            health=self.health,
            metrics=metrics,
            clock=self.clock,
            numbers=self.numbers,
        )
        self._server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, timeout_graceful_shutdown=1))
        self._thread = threading.Thread(target=self._server.run)
        self.address = ""

    def __enter__(self) -> Self:
        self._thread.start()
        deadline = time.monotonic() + DEADLINE_S
        while not self._server.started:
            assert self._thread.is_alive()
            assert time.monotonic() < deadline
            threading.Event().wait(0.01)
        port = self._server.servers[0].sockets[0].getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        return self

    def __exit__(self, *_error: object) -> None:
        self.live.close()
        self._server.should_exit = True
        self._thread.join(DEADLINE_S)

    def fill(self) -> None:
        """Every state, a job, values, links."""
        now = self.clock.now()
        states = [
            StateSeen(EquipmentId(one.id), now - MINUTE, now, State[one.id.split("-")[0].upper()])
            for one in EQUIPMENT[2:]
        ]
        t = now - np.arange(600, dtype=np.int64)[::-1] * NS_PER_S
        self.journal.commit(
            [
                *states,
                *(
                    LinkChanged(one.equipment, now, now, up=one.state is not State.OFFLINE, reason="порт исчез")
                    for one in states
                ),
                StateSeen(PRINTER, now - 5 * MINUTE, now, State.BUSY),
                JobSeen(PRINTER, now - 5 * MINUTE, now, "a", JobPhase.STARTED, "корпус датчика.gcode", 0.4),
                ReadingBatch(PRINTER, Channel("tool0_temperature"), t, 200 + np.sin(t / 1e11), now, "°C"),
                ReadingBatch(PRINTER, Channel("bed_temperature"), t, 60 + np.sin(t / 1e10), now, "°C"),
            ]
        )

    def say(self, state: State) -> None:
        """The printer changes its state now."""
        now = self.clock.now()
        self.journal.commit([StateSeen(PRINTER, now, now, state)])


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with Gateway() as gateway:
        gateway.fill()
        yield gateway


class Person:
    """Somebody at a screen, who notes every error and every request that leaves the gateway."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.page: Page = context.new_page()
        self.odd: list[str] = []
        self._address = address
        self.page.on("console", lambda message: self._note(message.text, is_odd=message.type in ("error", "warning")))
        self.page.on("pageerror", lambda error: self._note(str(error), is_odd=True))
        self.page.on("request", lambda request: self._note(request.url, is_odd=not request.url.startswith(address)))

    def _note(self, text: str, *, is_odd: bool) -> None:
        if is_odd:
            self.odd.append(text)

    def go(self, path: str) -> Page:
        self.page.goto(self._address + path)
        return self.page


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport=DESKTOP, locale="ru-RU")
    context.set_default_timeout(DEADLINE_S * 1000)
    yield context
    context.close()


def test_a_change_of_state_arrives_by_itself(gateway: Gateway, context: BrowserContext) -> None:
    person = Person(context, gateway.address)
    page = person.go("/")
    card = page.locator("#card-printer-1")
    expect(card.locator(".state strong")).to_have_text("Работает")
    page.wait_for_selector("#main[data-version]")
    seen_ms = []
    for state, word in ((State.FAULT, "Неисправность"), (State.IDLE, "Свободно"), (State.PAUSED, "Пауза")):
        page.evaluate(
            """word => { window.seen = new Promise(resolve => { const look = () =>
                document.querySelector("#card-printer-1 .state strong").textContent === word
                    ? resolve(Date.now()) : requestAnimationFrame(look); look(); }); }""",
            word,
        )
        committed_ms = gateway.clock.now() / 1e6
        gateway.say(state)
        seen_ms.append(page.evaluate("window.seen") - committed_ms)
        expect(card).to_have_class(re.compile(rf"\bs-{state.word}\b"))
    print("commit to visible, ms:", ", ".join(f"{one:.0f}" for one in seen_ms))  # noqa: T201 a figure for the reader
    assert person.odd == []


def test_what_the_board_counts_follows_and_strangers_appear(gateway: Gateway, context: BrowserContext) -> None:
    person = Person(context, gateway.address)
    page = person.go("/")
    fault = page.locator("#summary .s-fault b")
    expect(fault).to_have_text("2")
    page.wait_for_selector("#main[data-version]")
    gateway.say(State.FAULT)
    expect(fault).to_have_text("3")
    now = gateway.clock.now()
    gateway.journal.commit([EquipmentSeen(EquipmentId("tablet-7"), now, now, "it", "labedge")])
    expect(page.locator("#card-tablet-7")).to_contain_text("не настроено")
    gateway.health.report(Part("mqtt", ok=False, message="Брокер молчит.", fix="Запустите mosquitto."))
    expect(page.locator("#troubles")).to_contain_text("Запустите mosquitto.")
    gateway.health.report(Part("mqtt", ok=True))
    expect(page.locator("#troubles")).to_be_hidden()
    assert person.odd == []


def test_a_card_that_changes_keeps_its_place_and_the_focus(gateway: Gateway, context: BrowserContext) -> None:
    page = Person(context, gateway.address).go("/")
    page.wait_for_selector("#main[data-version]")
    page.locator("#link-printer-1").focus()
    places = "[...document.querySelectorAll('.card')].map(card => JSON.stringify(card.getBoundingClientRect()))"
    before = page.evaluate(places)
    gateway.say(State.MAINTENANCE)
    expect(page.locator("#card-printer-1")).to_contain_text("Обслуживание")
    assert page.evaluate(places) == before
    assert page.evaluate("document.activeElement.id") == "link-printer-1"


@pytest.mark.parametrize("size", [DESKTOP, PHONE, WALL], ids=["desktop", "phone", "wall"])
@pytest.mark.parametrize(("lang", "word"), [("ru", "Неисправность"), ("en", "Fault")])
@pytest.mark.parametrize("path", ["/?lang={}", "/board?kiosk&lang={}", "/equipment/printer-1?lang={}"])
def test_pages_fit_every_screen_in_both_languages(
    gateway: Gateway, context: BrowserContext, size: ViewportSize, lang: str, word: str, path: str
) -> None:
    person = Person(context, gateway.address)
    person.page.set_viewport_size(size)
    page = person.go(path.format(lang))
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    if "equipment" not in path:
        expect(page.locator("#card-fault-it .state strong")).to_have_text(word)
        cut = """() => [...document.querySelectorAll(".state strong")].filter(one => {
            const [inner, outer] = [one.getBoundingClientRect(), one.closest(".card").getBoundingClientRect()];
            return inner.right > outer.right || inner.bottom > outer.bottom; }).map(one => one.textContent)"""
        assert page.evaluate(cut) == []
    assert person.odd == []


@pytest.mark.parametrize("path", ["/", "/board?kiosk"])
@pytest.mark.parametrize("size", [DESKTOP, UPRIGHT], ids=["desktop", "upright"])
def test_the_word_of_a_state_is_whole(gateway: Gateway, context: BrowserContext, size: ViewportSize, path: str) -> None:
    person = Person(context, gateway.address)
    person.page.set_viewport_size(size)
    page = person.go(path)
    assert page.locator(".state strong").count() == len(EQUIPMENT)
    clipped = "[...document.querySelectorAll('.state')].filter(one => one.scrollWidth > one.clientWidth).length"
    assert page.evaluate(clipped) == 0


@pytest.mark.parametrize(("size", "side_by_side"), [(DESKTOP, True), (PHONE, False)], ids=["desktop", "phone"])
def test_small_rooms_share_a_row_where_there_is_room(
    gateway: Gateway, context: BrowserContext, size: ViewportSize, *, side_by_side: bool
) -> None:
    person = Person(context, gateway.address)
    person.page.set_viewport_size(size)
    page = person.go("/")
    box = "one => (({ y, height }) => [y, height])(document.querySelector('#card-' + one).getBoundingClientRect())"
    boxes = page.evaluate(f"['arm-1', 'printer-1'].map({box})")  # in one step: an update may replace the cards
    assert (boxes[0][0] == boxes[1][0]) == side_by_side
    assert boxes[0][1] == boxes[1][1] or not side_by_side
    order = "[...document.querySelectorAll('.card')].map(one => one.getBoundingClientRect()).map(box => [box.y, box.x])"
    places = page.evaluate(order)
    assert places == sorted(places), "what is read first stands first"


def test_no_measured_value_of_a_printer_is_cut(gateway: Gateway, context: BrowserContext) -> None:
    now = gateway.clock.now()
    t = now - np.arange(60, dtype=np.int64)[::-1] * NS_PER_S
    for name, value in (("tool0_target", 210.0), ("bed_target", 60.0)):
        gateway.journal.commit([ReadingBatch(PRINTER, Channel(name), t, np.full(60, value), now, "°C")])
    page = Person(context, gateway.address).go("/")
    expect(page.locator("#card-printer-1 dd").first).to_contain_text("/ 210 °C")
    texts = "[...document.querySelectorAll('#card-printer-1 :is(dt, dd)')]"
    assert page.evaluate(f"{texts}.filter(one => one.scrollWidth > one.clientWidth).length") == 0
    page.goto(f"{gateway.address}/equipment/printer-1?window=10m")
    expect(page.locator("#chart")).to_have_class("chart c-2")


def test_without_a_script_the_board_is_complete(gateway: Gateway, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False, locale="ru-RU")
    page = Person(context, gateway.address).go("/")
    assert page.locator(".card").count() == len(EQUIPMENT)
    assert "корпус датчика.gcode" in page.locator("#card-printer-1").inner_text()
    context.close()


def test_a_lost_gateway_is_told_and_the_board_recovers(context: BrowserContext) -> None:
    with Gateway() as gateway:
        gateway.fill()
        page = Person(context, gateway.address).go("/")
        page.wait_for_selector("#main[data-version]")
        expect(page.locator("#lost")).to_be_hidden()
    expect(page.locator("#lost")).to_be_visible()
    expect(page.locator("#lost")).to_contain_text("Нет связи со шлюзом")


def test_an_equipments_page_moves_its_window_by_pointer_and_keyboard(gateway: Gateway, context: BrowserContext) -> None:
    person = Person(context, gateway.address)
    page = person.go("/equipment/printer-1?window=10m")
    expect(page.locator("#chart canvas").first).to_be_visible()
    expect(page.locator("#tables")).to_contain_text("корпус датчика.gcode")
    page.get_by_role("link", name="Неделя").click()
    expect(page.locator("#windows [aria-current]")).to_have_text("Неделя")
    assert "window=7d" in page.url
    start = page.locator("#windows").get_attribute("data-start")
    page.locator("#chart").focus()
    with page.expect_response(re.compile("/history")):
        page.keyboard.press("ArrowLeft")
    expect(page.locator("#windows")).not_to_have_attribute("data-start", start or "")
    with page.expect_response(re.compile("/history")):
        page.keyboard.press("+")
    page.locator("#chart").hover()
    with page.expect_response(re.compile("/history")):
        page.mouse.wheel(0, -240)
    assert "start=" in page.url
    gateway.say(State.FAULT)
    expect(page.locator("#headline")).to_contain_text("Неисправность")
    assert person.odd == []
