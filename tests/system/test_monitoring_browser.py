"""The monitoring in a real browser: from a number to its evidence, a correction, a closing, and what changed since."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from datetime import date
from typing import Self

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect, sync_playwright

from edge.register.contract import Put
from edge.register.events import Direction, Event, EventKind, Participation
from edge.register.lessons import Slot
from edge.register.people import Category
from edge.register.quarters import PlannedWork, QuarterText
from tests.api.lab import HOUR, Lab, settings
from tests.api.school import lesson, school
from tests.system.looks import FAINT, NAMELESS, ORDER, SMALL, UNTOUCHABLE
from tests.system.test_board_browser import CHROMIUM, DEADLINE_S, DESKTOP, PHONE, Person

pytestmark = pytest.mark.system

TABLET: ViewportSize = {"width": 820, "height": 1180}
Q3 = "year=2026&quarter=3"
PATHS = (
    f"/monitoring?{Q3}",
    f"/monitoring/indicators/1.6?{Q3}",
    f"/monitoring/close?{Q3}",
    "/monitoring/editions",
    "/monitoring/editions/2026-Q2/1",
    "/register",
    "/register/event",
    "/register/event/quest",
    "/register/participation/+new",
)
LONG = "Открытый муниципальный фестиваль-конкурс научно-технического творчества «Электробезопасность-и-робототехника»"


class Served:
    """A lab in memory with a quarter that has just ended, on a free port of loopback."""

    def __init__(self) -> None:
        self.lab = Lab(settings=settings(demo=True))
        self.lab.enter(
            *school(),
            Put("quest", Event(name="Квест «Тайны микромира»", event_kind=EventKind.QUEST, first_day=date(2026, 9, 5))),
            Put("fair", Event(name=LONG, event_kind=EventKind.CONTEST, first_day=date(2026, 5, 5), practical=True)),
            Put("quest-pupils", Participation(event="quest", category=Category.LEARNER, count=41, document="Приказ 5")),
            Put("fair-pupils", Participation(event="fair", category=Category.PARTNER_LEARNER, count=118)),
            Put("plan", PlannedWork(direction=Direction.CAMPAIGNS, name=LONG, planned_day=date(2026, 9, 9))),
            Put("text", QuarterText(subject="2.6", year=2026, quarter=3, text=f"{LONG}.\n\n{LONG}.")),
        )
        lesson(self.lab)
        self.lab.clock.advance(20 * 24 * HOUR)
        self.lab.client.post(
            "/api/v1/editions", json={"year": 2026, "quarter": 2, "author": "Соколова И. В.", "reason": "отчёт сдан"}
        )
        self._server = uvicorn.Server(
            uvicorn.Config(self.lab.app, port=0, log_config=None, timeout_graceful_shutdown=1)
        )
        self._thread = threading.Thread(target=self._server.run)
        self.address = ""

    def __enter__(self) -> Self:
        self._thread.start()
        deadline = time.monotonic() + DEADLINE_S
        while not self._server.started:
            assert self._thread.is_alive()
            assert time.monotonic() < deadline
            threading.Event().wait(0.01)
        self.address = f"http://127.0.0.1:{self._server.servers[0].sockets[0].getsockname()[1]}"
        return self

    def __exit__(self, *_error: object) -> None:
        self.lab.live.close()
        self._server.should_exit = True
        self._thread.join(DEADLINE_S)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport=DESKTOP, locale="ru-RU")
    context.set_default_timeout(DEADLINE_S * 1000)
    yield context
    context.close()


@pytest.fixture
def served() -> Iterator[Served]:
    with Served() as served:
        yield served


@pytest.fixture(scope="module")
def standing() -> Iterator[Served]:
    """One that is only looked at."""
    with Served() as served:
        yield served


def sign(page: Page, reason: str) -> None:
    page.get_by_label("Ваше имя").first.fill("Соколова И. В.")
    page.locator("#f-by_reason").fill(reason)


def test_from_a_number_to_its_evidence_a_correction_a_closing_and_what_changed(
    served: Served, context: BrowserContext
) -> None:
    person = Person(context, served.address)
    page = person.go(f"/monitoring?{Q3}")
    line = page.locator("#i-1-6")
    expect(line.locator(".fact a")).to_have_text("159")
    line.locator(".fact a").click()
    expect(page.locator("#value")).to_have_text("159")
    expect(page.locator("#resum")).to_have_text("159")
    page.get_by_role("link", name="Квест «Тайны микромира»").click()
    expect(page.locator("#f-count")).to_have_value("41")
    page.locator("#f-count").fill("40,5")
    sign(page, "пересчитали по списку")
    page.get_by_role("button", name="Сохранить").click()
    expect(page.locator("#f-count-fault")).to_have_text("Нужно число.")
    page.locator("#f-count").fill("43")
    page.get_by_role("button", name="Сохранить").click()
    expect(page.locator("#value")).to_have_text("161")
    expect(page.locator("#resum")).to_have_text("161")
    page.get_by_role("link", name="Все показатели").click()
    expect(page.locator("#i-1-6 .fact a")).to_have_text("161")
    page.get_by_role("link", name="Закрыть квартал").click()
    expect(page.locator("#f-by_author")).to_have_value("Соколова И. В.")
    page.get_by_text("Значения проверены").click()
    page.get_by_role("button", name="Закрыть как редакцию 1").click()
    expect(page.get_by_role("status")).to_have_text("Квартал закрыт. Редакция сохранена.")
    expect(page.locator("main")).to_contain_text("Данные не изменились")
    person.go("/register/participation/quest-pupils")
    page.locator("#f-count").fill("44")
    sign(page, "ещё один участник")
    page.get_by_role("button", name="Сохранить").click()
    person.go(f"/monitoring?{Q3}")
    expect(page.locator("#changed")).to_contain_text("Данные изменились после закрытия")
    page.get_by_role("link", name="Что и почему изменилось").click()
    changed = page.locator("tr", has_text="1.6 Уникальные участники мероприятий")
    expect(changed).to_contain_text("+1")
    expect(changed).to_contain_text("причина: ещё один участник")
    page.get_by_role("link", name="Выпустить редакцию 2").click()
    page.get_by_text("Значения проверены").click()
    page.get_by_role("button", name="Закрыть как редакцию 2").click()
    expect(page.locator("h1")).to_have_text("III квартал 2026 года. Редакция 2")
    page.get_by_role("link", name="Показать, как закрыто").click()
    expect(page.locator("#i-1-6 .fact a")).to_have_text("162")
    assert [told for told in person.odd if "status of 422" not in told] == []


def test_two_people_at_one_entry_lose_nothing(served: Served, context: BrowserContext) -> None:
    first, second = (Person(context, served.address).go("/register/participation/quest-pupils") for _ in range(2))
    for page, count, reason in ((first, "50", "по журналу"), (second, "60", "по списку")):
        page.locator("#f-count").fill(count)
        sign(page, reason)
        page.get_by_role("button", name="Сохранить").click()
    expect(second.locator("#conflict")).to_contain_text("Причина: «по журналу».")
    expect(second.locator("#conflict")).to_be_focused()
    expect(second.locator("#conflict table")).to_contain_text("50")
    expect(second.locator("#f-count")).to_have_value("60")
    second.set_viewport_size(PHONE)
    assert second.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    second.set_viewport_size(DESKTOP)
    second.get_by_role("button", name="Сохранить").click()
    expect(second.get_by_role("status")).to_have_text("Запись сохранена.")


def test_dynamics_are_drawn_when_details_open_by_keyboard(standing: Served, context: BrowserContext) -> None:
    person = Person(context, standing.address)
    page = person.go(f"/monitoring?{Q3}")
    summary = page.locator("#i-1-6 .more > summary")
    expect(page.locator("#c-i-1-6")).to_be_hidden()
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#c-i-1-6 canvas")).to_be_visible()
    page.locator("#i-1-6 .table-of > summary").first.press("Enter")
    expect(page.locator("#i-1-6 .dyn table")).to_contain_text("III кв. 2026")
    assert person.odd == []


def test_an_address_with_an_indicator_opens_it(standing: Served, context: BrowserContext) -> None:
    page = Person(context, standing.address).go(f"/monitoring?{Q3}#i-2-6")
    expect(page.locator("#c-i-2-6 canvas")).to_be_visible()
    expect(page.locator("#i-2-6 .told")).to_contain_text(LONG)


@pytest.mark.parametrize("size", [DESKTOP, TABLET, PHONE], ids=["desktop", "tablet", "phone"])
@pytest.mark.parametrize("lang", ["ru", "en"])
def test_pages_fit_every_screen(standing: Served, context: BrowserContext, size: ViewportSize, lang: str) -> None:
    person = Person(context, standing.address)
    person.page.set_viewport_size(size)
    for path in PATHS:
        page = person.go(f"{path}{'&' if '?' in path else '?'}lang={lang}")
        for summary in page.locator("main details:not([open]) > summary").all()[:3]:
            summary.click()
        assert (path, page.evaluate("document.documentElement.scrollWidth")) == (path, size["width"])
        assert (path, page.evaluate(UNTOUCHABLE if size == PHONE else SMALL)) == (path, [])
    assert person.odd == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everything_can_be_read_and_has_a_name(standing: Served, browser: Browser, scheme: str) -> None:
    context = browser.new_context(
        viewport=DESKTOP, locale="ru-RU", color_scheme="dark" if scheme == "dark" else "light"
    )
    person = Person(context, standing.address)
    for path in PATHS:
        page = person.go(path)
        assert (path, page.evaluate(FAINT)) == (path, [])
        assert (path, page.evaluate(NAMELESS)) == (path, [])
        assert (path, page.evaluate(ORDER)) == (path, [1, 0])
    context.close()


def test_without_a_script_the_pages_are_complete(standing: Served, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False, locale="ru-RU")
    page = Person(context, standing.address).go(f"/monitoring?{Q3}")
    page.locator("#i-1-6 .more > summary").click()
    page.locator("#i-1-6 .dyn .table-of > summary").click()
    expect(page.locator("#i-1-6 .dyn table")).to_be_visible()
    page.locator("#i-1-6 .fact a").click()
    assert re.search(r"159", page.locator("#value").inner_text())
    context.close()


@pytest.fixture
def phone(browser: Browser) -> Iterator[BrowserContext]:
    """A phone that runs no script."""
    context = browser.new_context(viewport=PHONE, java_script_enabled=False, locale="ru-RU")
    context.set_default_timeout(DEADLINE_S * 1000)
    yield context
    context.close()


def heights(page: Page, rows: str) -> list[float]:
    """Of the rows that are seen, in pixels."""
    boxes = [row.bounding_box() for row in page.locator(rows).all() if row.is_visible()]
    return [box["height"] for box in boxes if box]


def test_the_evidence_of_many_rows_is_looked_through_on_a_phone(served: Served, phone: BrowserContext) -> None:
    served.lab.enter(*(Put(f"e{n}", Event(name=f"Урок {n}", first_day=date(2026, 8, 1))) for n in range(58)))
    page = Person(phone, served.address).go(f"/monitoring/indicators/1.5?{Q3}")
    found = heights(page, ".rows tbody tr")
    assert (len(found), max(found) < 200) == (20, True)
    page.get_by_role("link", name="Дальше").click()
    expect(page.locator(".pager")).to_contain_text("21–40 из 60")
    page.get_by_role("link", name="Показать все 60").click()
    expect(page.locator(".rows tbody tr")).to_have_count(60)


def test_a_week_of_many_sessions_is_folded_by_day_on_a_phone(served: Served, phone: BrowserContext) -> None:
    words = {"room": "workshop", "group": "pr-1"}
    slots = [
        Put(f"s-{day}-{hour}", Slot(weekday=day, start=f"{hour}:00", end=f"{hour}:45", **words))
        for day in range(2, 6)
        for hour in range(10, 16)
    ]
    served.lab.enter(*slots)
    page = Person(phone, served.address).go("/practical-sessions?period=week&on=2026-09-21")
    assert len(heights(page, "details.day > summary")) == 5
    assert heights(page, ".session") == []
    page.locator("details.day > summary", has_text="22 сентября").click()
    found = heights(page, ".session")
    assert (len(found), max(found) < 130) == (6, True)
    page.locator(".session > summary").nth(1).click()
    way = page.get_by_role("link", name="Что за этим стоит")
    assert "open%3D2026-09-22" in (way.get_attribute("href") or "")
    page.get_by_role("link", name="Раскрыть все дни").click()
    assert len(heights(page, ".session")) == 25
