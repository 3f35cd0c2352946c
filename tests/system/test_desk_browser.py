"""The timetable, practical sessions and imports in a real browser, on a phone and on a desk."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from playwright.sync_api import Browser, BrowserContext, ViewportSize, expect, sync_playwright

from edge.register.contract import Put
from edge.register.lessons import Group, OneOff
from telemetry.model import NS_PER_S, EquipmentId, State, StateSeen
from tests.edge.register.imports.files import csv_of
from tests.system.looks import UNTOUCHABLE
from tests.system.test_board_browser import CHROMIUM, DEADLINE_S, LONG_NAME, Gateway, Person

pytestmark = pytest.mark.system

PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1280, "height": 900}
ROOM = "it"
BUSY = EquipmentId("busy-it")


def moscow(gateway: Gateway, hours: int) -> datetime:
    """The wall clock some hours ago, on a whole minute."""
    at = datetime.fromtimestamp(gateway.clock.now() / 1e9, UTC) + timedelta(hours=3 - hours)
    return at.replace(second=0, microsecond=0)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    """A lesson two hours ago in which one machine worked."""
    with Gateway() as gateway:
        now = gateway.clock.now()
        start, end = moscow(gateway, 3), moscow(gateway, 2)
        lesson = OneOff(
            name="", day=start.date(), start=f"{start:%H:%M}", end=f"{end:%H:%M}", room=ROOM, group="long", learners=12
        )
        gateway.numbers.register.apply(
            (Put("long", Group(name=LONG_NAME)), Put("club", lesson)), author="Иванова", reason="клуб", at=now
        )
        hour = 3600 * NS_PER_S
        gateway.journal.commit(
            [
                StateSeen(BUSY, now - 5 * hour, now, State.IDLE),
                StateSeen(BUSY, now - 3 * hour, now, State.BUSY),
                StateSeen(BUSY, now - 2 * hour, now, State.IDLE),
            ]
        )
        yield gateway


@pytest.fixture(params=[PHONE, DESK], ids=["phone", "desk"])
def context(browser: Browser, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport=request.param, locale="ru-RU")
    context.set_default_timeout(DEADLINE_S * 1000)
    yield context
    context.close()


@pytest.mark.parametrize("lang", ["ru", "en"])
@pytest.mark.parametrize(
    "path",
    [
        "/timetable?",
        "/timetable/new?",
        "/timetable/new?kind=one_off&",
        "/timetable/lessons/club?",
        "/practical-sessions?period=quarter&",
        "/practical-sessions/club?",
        "/import/timetable?",
        "/import/equipment?",
    ],
)
def test_pages_fit_the_screen_in_both_languages(
    gateway: Gateway, context: BrowserContext, path: str, lang: str
) -> None:
    person = Person(context, gateway.address)
    page = person.go(f"{path}lang={lang}")
    expect(page.locator("h1")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    if page.evaluate("innerWidth") == PHONE["width"]:
        assert page.evaluate(UNTOUCHABLE) == []
    assert person.odd == []


def test_evidence_opens_on_a_click_and_a_word_is_said(gateway: Gateway, context: BrowserContext) -> None:
    person = Person(context, gateway.address)
    page = person.go(f"/practical-sessions?period=day&on={moscow(gateway, 3):%Y-%m-%d}")
    page.locator("#s-club > summary").click()
    expect(page.locator("#s-club .behind tfoot")).to_contain_text("1 ч")
    page.locator("#s-club .another > summary").click()
    page.locator("#s-club .verdict-form [name=author]").fill("Петрова")
    page.locator("#s-club .verdict-form [name=reason]").fill("перенесено")
    page.locator("#s-club button[value=unconfirmed]").click()
    expect(page.locator("#s-club > summary .verdict")).to_contain_text("Не подтверждено")
    assert person.odd == []


def test_a_file_is_looked_at_asked_about_and_entered(gateway: Gateway, context: BrowserContext) -> None:
    person = Person(context, gateway.address)
    page = person.go("/import/timetable")
    day = (date(2026, 1, 1) + timedelta(days=7)).isoformat()
    rows = [["Дата", "Время", "Группа", "Где сидим"], [day, "15:00-16:30", "ПР-2", "Мастерская"]]
    file = {"name": "расписание.csv", "mimeType": "text/csv", "buffer": csv_of(rows)}
    page.locator("#file").set_input_files(file)  # type: ignore[arg-type]  # its stubs want a class of theirs
    page.locator("#file-form button").click()
    page.locator("#answers select").select_option("room")
    page.locator("#answers button").click()
    expect(page.locator(".lines")).to_contain_text("ПР-2")
    page.locator("#confirm [name=author]").fill("Завуч")
    page.locator("#confirm button").click()
    expect(page.locator("#plan .notice.good")).to_contain_text("Загружено.")
    assert [row.value.room for row in gateway.numbers.register.rows(OneOff).value if row.id != "club"] != []
    assert person.odd == []
