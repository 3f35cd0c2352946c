"""Tables into the register and forms out of it, in a real browser: what a methodist does at the end of a quarter."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from edge.register.events import Event
from tests.edge.register.imports.files import Cells, csv_of
from tests.system.looks import FAINT, NAMELESS, ORDER, SMALL, UNTOUCHABLE
from tests.system.test_board_browser import CHROMIUM, DEADLINE_S, DESKTOP, PHONE, Person
from tests.system.test_monitoring_browser import LONG, Q3, Served

pytestmark = pytest.mark.system

HEAD = ["Название", "Дата", "Вид", "Уровень"]
MENDED: Cells = [HEAD, [LONG, "20.09.2026", "конкурс", "региональный"], ["Хакатон", "21.09.2026", "хакатон", ""]]
FAULTY: Cells = [HEAD, [LONG, "31.02.2026", "бал", "региональный"], ["", "21.09.2026", "хакатон", "высший"]]
BOOK = f"/monitoring/forms/quarterly-book?{Q3}"
PEOPLE = f"/monitoring/forms/people-by-category?{Q3}"
CALENDAR = ("term", "bell_schedule", "opening_hours", "planned_maintenance")
PATHS = (
    "/import/register/event",
    "/import/timetable",
    "/import/equipment",
    BOOK,
    PEOPLE,
    "/register/holiday",
    *(f"/register/{kind}/+new" for kind in CALENDAR),
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with Served() as served:
        yield served


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desktop", "phone"])
def context(browser: Browser, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport=request.param, locale="ru-RU")
    context.set_default_timeout(DEADLINE_S * 1000)
    yield context
    context.close()


def looks_well(page: Page) -> None:
    """Nothing on it is too wide, faint, nameless, small or out of order."""
    assert page.evaluate("document.documentElement.scrollWidth") <= page.evaluate("window.innerWidth")
    assert [page.evaluate(look) for look in (FAINT, NAMELESS, SMALL)] == [[], [], []]
    assert page.evaluate(ORDER) == [1, 0]
    if page.evaluate("innerWidth") == PHONE["width"]:
        assert page.evaluate(UNTOUCHABLE) == []


def upload(page: Page, rows: Cells) -> None:
    file = {"name": "мероприятия.csv", "mimeType": "text/csv", "buffer": csv_of(rows)}
    page.locator("#file").set_input_files(file)  # type: ignore[arg-type]  # its stubs want a class of theirs
    page.get_by_role("button", name="Проверить файл").click()


def test_a_faulty_table_tells_every_fault_and_the_mended_one_is_looked_at_and_entered(context: BrowserContext) -> None:
    with Served() as served:  # a register of its own: the walk enters
        person = Person(context, served.address)
        page = person.go("/register/event")
        page.get_by_role("link", name="Загрузить таблицу").click()
        upload(page, FAULTY)
        faults = page.locator("#plan .cells.bad tbody tr")
        expect(faults).to_have_count(4)
        for told in ("31.02.2026", "бал", "высший", "Название"):
            expect(page.locator("#plan .cells.bad")).to_contain_text(told)
        expect(page.locator("#confirm")).to_have_count(0)
        looks_well(page)
        upload(page, MENDED)
        expect(page.locator("#plan .tally")).to_contain_text("2 добавить")
        expect(page.locator("#plan .lines tbody tr")).to_have_count(2)
        looks_well(page)
        before = {row.id for row in served.lab.register.rows(Event).value}
        page.locator("#confirm [name=author]").fill("Соколова И. В.")
        page.locator("#confirm button").click()
        expect(page.locator("#plan .notice.good")).to_contain_text("Загружено.")
        entered = [row for row in served.lab.register.rows(Event).value if row.id not in before]
        assert {row.value.name for row in entered} == {LONG, "Хакатон"}
        page.locator("#plan").get_by_role("link").click()
        expect(page.locator("main")).to_contain_text("Хакатон")
        assert person.odd == []


def test_the_blanks_of_a_form_stand_by_what_is_missing_and_the_form_is_downloaded(
    served: Served, context: BrowserContext
) -> None:
    person = Person(context, served.address)
    page = person.go(f"/monitoring?{Q3}")
    page.get_by_role("link", name="таблица CSV").last.click()
    expect(page.locator("h1")).to_contain_text("участники по категориям")
    page.goto(served.address + BOOK)
    text = page.locator("details.blank", has=page.locator("summary b", has_text=re.compile("^пояснение$")))
    expect(text.locator("li").first).to_be_hidden()
    text.locator("summary").click()
    expect(text.locator("li").first).to_be_visible()
    count = int(text.locator(".count").inner_text().split("\u00a0")[0].split()[0])
    expect(text.locator("li")).to_have_count(count)
    looks_well(page)
    text.get_by_role("link", name="Внести: 1.1 Программы").click()
    expect(page.locator("#f-subject")).to_have_value("1.1")
    page.get_by_role("link", name="Отмена").click()
    expect(page.locator("h1")).to_contain_text("книга с титулом")
    page.goto(served.address + PEOPLE)
    with page.expect_download() as told:
        page.get_by_role("link", name="Скачать форму").click()
    form = told.value.path().read_bytes().decode("utf-8-sig")
    assert len(list(csv.reader(io.StringIO(form), delimiter=";"))) > 5
    assert person.odd == []


@pytest.mark.parametrize("lang", ["ru", "en"])
def test_pages_fit_and_can_be_read_by_everybody(served: Served, context: BrowserContext, lang: str) -> None:
    person = Person(context, served.address)
    for path in PATHS:
        page = person.go(f"{path}{'&' if '?' in path else '?'}lang={lang}")
        page.evaluate("document.querySelectorAll('main details').forEach((one) => { one.open = true; })")
        looks_well(page)
    assert person.odd == []


def test_in_the_dark_they_can_be_read_too(served: Served, browser: Browser) -> None:
    context = browser.new_context(viewport=DESKTOP, locale="ru-RU", color_scheme="dark")
    person = Person(context, served.address)
    for path in PATHS:
        assert (path, person.go(path).evaluate(FAINT)) == (path, [])
    context.close()


def test_bells_are_entered_on_a_phone_and_their_fault_is_told_at_its_line(browser: Browser, served: Served) -> None:
    context = browser.new_context(viewport=PHONE, locale="ru-RU", has_touch=True)
    page = Person(context, served.address).go("/timetable")
    page.get_by_role("link", name="Звонки, периоды, каникулы").tap()
    page.get_by_role("link", name="Звонки: новая запись").tap()
    page.get_by_label("Название").fill("Будни")
    for day in ("Сб", "Вс"):
        page.get_by_label(day).uncheck()
    page.locator("#f-bells").fill("1. 8:30–9:10\nперемена")
    page.locator("#f-by_author").fill("Завуч")
    page.get_by_role("button", name="Внести").tap()
    expect(page.locator("#f-bells-fault")).to_contain_text("Строка 2")
    page.locator("#f-bells").fill("1. 8:30–9:10\n2. 9:25–10:05")
    page.get_by_role("button", name="Внести").tap()
    expect(page.get_by_role("status")).to_have_text("Запись сохранена.")
    page.get_by_role("link", name="Будни").tap()
    expect(page.locator("#f-bells")).to_have_value("1. 08:30–09:10\n2. 09:25–10:05")
    expect(page.get_by_label("Сб")).not_to_be_checked()
    context.close()
