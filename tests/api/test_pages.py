from __future__ import annotations

import re

import pytest

from edge.health import Part
from edge.settings import Equipment
from telemetry.model import Channel, EquipmentId, EquipmentSeen, JobOutcome, JobPhase, JobSeen, Reading, Source, State
from tests.api.lab import CENTRE, HOUR, MILL, MINUTE, NOW, PRINTER, Lab, S, link, reading, settings, state, visible

RU = {"accept-language": "ru"}
EN = {"accept-language": "en"}


def card(page: str, equipment: str) -> str:
    found = re.search(rf'(?s)<article class="card[^>]*id="card-{equipment}">.*?</article>', page)
    assert found is not None
    return found[0]


def test_the_board_is_complete_without_a_script(lab: Lab) -> None:
    lab.keep(
        [
            state(NOW - 75 * MINUTE, State.BUSY, PRINTER),
            JobSeen(PRINTER, NOW - 75 * MINUTE, NOW, "a", JobPhase.STARTED, "часы.gcode", 0.456),
            reading(NOW, 210.06),
            link(NOW - HOUR, up=True, equipment=PRINTER),
        ]
    )
    shown = visible(card(lab.page("/", **RU), "printer-1"))
    assert shown == "Принтер 1 Работает с 15:45 1 ч 15 мин часы.gcode 45 % Сопло 210,1 °C На связи"


def test_a_card_tells_its_state_by_word_colour_and_shape(lab: Lab) -> None:
    for word in State:
        lab.keep([state(NOW + word, word)])
        shown = card(lab.page("/", **RU), "mill-1")
        assert f"s-{word.word}" in shown
        assert f'href="#s-{word.word}"' in shown
        assert f'id="s-{word.word}"' in lab.page("/", **RU)


def test_a_fault_says_why_and_a_lost_link_too(lab: Lab) -> None:
    lab.keep([state(NOW, State.FAULT, reason="ALARM:1 <hard> limit"), link(NOW, up=False, reason="порт исчез")])
    shown = card(lab.page("/", **RU), "mill-1")
    assert "ALARM:1 — &lt;hard&gt; limit" in shown
    assert "Связь потеряна: порт исчез" in shown
    lab.keep([link(NOW + 1, up=False)])
    assert "Connection lost" in visible(card(lab.page("/", **EN), "mill-1"))


def test_unknown_says_whether_there_never_was_anything_or_it_is_too_old(lab: Lab) -> None:
    assert "состояния ещё не было" in card(lab.page("/", **RU), "mill-1")
    lab.keep([state(NOW, State.BUSY, valid_ns=S)])
    lab.clock.advance(2 * S)
    assert "data too old" in card(lab.page("/", **EN), "mill-1")
    lab.keep([state(NOW + 3 * S, State.UNKNOWN, source=Source.DEVICE)])
    assert "from the device" not in card(lab.page("/", **EN), "mill-1")


def test_the_gateways_own_reasons_are_told_in_the_readers_language(lab: Lab) -> None:
    lab.keep(
        [state(NOW, State.UNKNOWN, source=Source.LINK, reason="the link is up; the device has not told its state")]
    )
    assert "состояние ещё не сообщалось" in card(lab.page("/", **RU), "mill-1")


def test_what_is_measured_stands_before_what_is_only_wanted(lab: Lab) -> None:
    names = ("bed_target", "tool0_target", "bed_temperature", "fan", "tool0_temperature")
    lab.keep([Reading(PRINTER, Channel(name), NOW, NOW, 1.0, "°C") for name in names])
    shown = visible(card(lab.page("/", **RU), "printer-1"))
    assert "Сопло 1 / 1 °C Стол 1 / 1 °C fan 1,00 °C" in shown
    assert "ещё 1" not in shown


def test_a_heater_that_is_off_has_no_target(lab: Lab) -> None:
    lab.keep([Reading(PRINTER, Channel("bed_temperature"), NOW, NOW, 21.0, "°C")])
    lab.keep([Reading(PRINTER, Channel("bed_target"), NOW, NOW, 0.0, "°C")])
    assert "Стол 21,0 °C" in visible(card(lab.page("/", **RU), "printer-1"))
    page = lab.page("/equipment/printer-1", **RU)
    assert '"channel":"bed_temperature","label":"Стол","unit":"°C","target":"bed_target"' in page
    assert '"channel":"bed_target"' not in page


def test_what_a_driver_or_a_link_says_is_told_in_the_readers_language(lab: Lab) -> None:
    lab.keep([state(NOW, State.SETUP, PRINTER, reason="bed 60 °C, tool0 210 °C")])
    lab.keep(
        [state(NOW, State.FAULT, reason="ALARM:1 hard limit"), link(NOW, up=False, reason="/dev/ttyUSB0 is not there")]
    )
    page = lab.page("/", **RU)
    assert "нагрев: стол 60 °C, сопло 210 °C" in card(page, "printer-1")
    assert "ALARM:1 — сработал концевой выключатель" in card(page, "mill-1")
    assert "Связь потеряна: порта /dev/ttyUSB0 нет" in card(page, "mill-1")
    assert "/dev/ttyUSB0 is not there" in card(lab.page("/", **EN), "mill-1")


def test_a_failed_part_goes_by_a_name_that_people_know(lab: Lab) -> None:
    lab.health.report(Part("equipment:mill-1", ok=False, message="/dev/x is held by another program", vital=False))
    lab.health.report(Part("broker", ok=False, message="Mosquitto cannot be started: Permission denied."))
    lab.health.report(Part("equipment:tablet-7", ok=False, message="odd", vital=False))
    shown = visible(lab.page("/", **RU))
    assert "Фрезер 1 порт /dev/x занят другой программой" in shown
    assert "Брокер MQTT Mosquitto не запускается: нет прав." in shown
    assert "tablet-7 odd" in shown


def test_a_print_is_named_once_on_its_page(lab: Lab) -> None:
    lab.keep([state(NOW, State.BUSY, PRINTER, reason="часы.gcode")])
    lab.keep([JobSeen(PRINTER, NOW, NOW, "a", JobPhase.STARTED, "часы.gcode", 0.456)])
    assert visible(lab.page("/equipment/printer-1/head", **RU)).count("часы.gcode") == 1


def test_a_window_that_ends_now_has_nothing_later(lab: Lab) -> None:
    assert 'id="later"' not in lab.page("/equipment/mill-1?window=1h")
    assert 'id="later"' in lab.page("/equipment/mill-1?start=2026-09-20T10:00:00Z&end=2026-09-20T11:00:00Z")


def test_a_paused_or_nameless_job_is_told_so(lab: Lab) -> None:
    lab.keep([JobSeen(MILL, NOW, NOW, "a", JobPhase.STARTED), JobSeen(MILL, NOW + 1, NOW + 1, "a", JobPhase.PAUSED)])
    shown = visible(card(lab.page("/", **RU), "mill-1"))
    assert "Задание без имени на паузе" in shown


def test_rooms_stand_in_the_settings_order_and_strangers_last(lab: Lab) -> None:
    stranger = EquipmentId("tablet-7")
    lab.keep([EquipmentSeen(stranger, NOW, NOW, "", "labedge")])
    lab.keep([Reading(stranger, Channel(name), NOW, NOW, 1.0) for name in ("a", "b", "c", "d")])
    page = lab.page("/", **RU)
    assert re.findall(r"<h2 id=\"room-\d\">(.*?) <small>(.*?)</small>", page) == [
        ("Мастерская", "1 устройство"),
        ("printers", "1 устройство"),
        ("Без помещения", "1 устройство"),
    ]
    assert "не настроено" in card(page, "tablet-7")


def test_names_sort_as_people_count() -> None:
    names = ["Принтер 10", "Принтер 2", "Арка", "принтер 1"]
    printers = tuple(Equipment(id=f"p-{n}", name=name, room="it", driver="marlin") for n, name in enumerate(names))
    page = Lab(settings=settings(printers)).page("/")
    assert re.findall(r'<h3 class="name"><a [^>]*>(.*?)</a>', page) == ["Арка", "принтер 1", "Принтер 2", "Принтер 10"]


def test_more_values_than_fit_are_counted(lab: Lab) -> None:
    lab.keep([Reading(MILL, Channel(name), NOW, NOW, 1.0) for name in ("a", "b", "c", "feed_rate", "z")])
    shown = visible(card(lab.page("/", **RU), "mill-1"))
    assert "Подача 1,00 a 1,00 b 1,00" in shown
    assert "ещё 2" in shown


def test_an_empty_lab_says_what_to_do() -> None:
    assert "Оборудования пока нет" in Lab(settings=settings(())).page("/", **RU)


def test_failed_parts_are_shown_with_what_to_do(lab: Lab) -> None:
    assert "<summary>" not in lab.page("/", **RU)
    lab.health.report(Part("mqtt", ok=False, message="Брокер молчит.", fix="Запустите mosquitto."))
    lab.health.report(Part("mill-1", ok=False, message="Порт исчез.", vital=False))
    shown = visible(lab.page("/", **RU))
    assert "2 неполадки" in shown
    assert "Брокер молчит. Что делать: Запустите mosquitto." in shown


@pytest.mark.parametrize("path", ["/", "/board?kiosk", "/equipment/mill-1"])
def test_a_demo_says_so_on_every_page(path: str) -> None:
    assert "Демонстрация" in Lab(settings=settings(demo=True)).page(path, **RU)
    assert "Демонстрация" not in Lab().page(path, **RU)


def test_the_wall_screen_is_dark_unless_asked_otherwise(lab: Lab) -> None:
    assert 'class="kiosk" data-theme="dark"' in lab.page("/board?kiosk")
    assert 'class="kiosk" data-theme="light"' in lab.page("/board?kiosk=1&theme=light")
    assert "kiosk" not in re.sub(r'href="[^"]*"', "", lab.page("/board")).split("<body>")[0]


@pytest.mark.parametrize(
    ("query", "cookie", "header", "language"),
    [
        ("?lang=en", "ru", "ru", "en"),
        ("", "en", "ru", "en"),
        ("", "", "en-GB,en;q=0.9,ru;q=0.8", "en"),
        ("", "", "de;q=0.9,ru;q=0.5,en;q=0.7", "en"),
        ("", "", "de,fr;q=x", "ru"),
        ("?lang=de", "", "", "ru"),
    ],
)
def test_the_reader_gets_the_language_asked_for(lab: Lab, query: str, cookie: str, header: str, language: str) -> None:
    headers = {"accept-language": header} | ({"cookie": f"lang={cookie}"} if cookie else {})
    answer = lab.client.get(f"/{query}", headers=headers)
    assert f'<html lang="{language}"' in answer.text
    assert answer.headers["content-language"] == language
    assert ("lang=en" in answer.headers.get("set-cookie", "")) == (query == "?lang=en")


def test_an_equipments_page_tells_what_it_did(lab: Lab) -> None:
    lab.keep(
        [
            state(NOW - 2 * HOUR, State.BUSY),
            state(NOW - HOUR, State.IDLE),
            JobSeen(MILL, NOW - 2 * HOUR, NOW, "a", JobPhase.STARTED, "рамка.nc"),
            JobSeen(MILL, NOW - HOUR, NOW, "a", JobPhase.ENDED, outcome=JobOutcome.FAILED, reason="ALARM:2"),
            JobSeen(MILL, NOW - MINUTE, NOW, "b", JobPhase.STARTED),
            link(NOW - 3 * HOUR, up=False, reason="порт исчез"),
            link(NOW - 2 * HOUR, up=True),
        ]
    )
    shown = visible(lab.page("/equipment/mill-1?window=8h", **RU))
    assert "Фрезер 1 Свободно с 16:00 · 1 ч 00 мин" in shown
    assert (
        "Работает 1 ч 00 мин 12,5 % Свободно 1 ч 00 мин 12,5 % Нет данных 6 ч 00 мин 75,0 % Всего 8 ч 00 мин" in shown
    )
    assert "рамка.nc 15:00 1 ч 00 мин сбой ALARM:2" in shown
    assert "Задание без имени 16:59 1 мин 00 с выполняется" in shown
    assert "15:00 На связи 14:00 Связь потеряна: порт исчез" in shown
    assert "Вид Фрезерный станок с ЧПУ Помещение Мастерская" in shown


def test_a_page_of_any_window_offers_the_ways_to_others(lab: Lab) -> None:
    page = lab.page("/equipment/mill-1?start=2026-09-20T10:00:00Z&end=2026-09-20T11:00:00Z", **RU)
    assert "20 сентября, 13:00 — 20 сентября, 14:00" in page
    assert 'data-follows=""' in page
    assert "start=2026-09-20T09:30:00Z&amp;end=2026-09-20T10:30:00Z" in page
    assert '?window=1h" aria-current="true"' in page
    assert "20 September 2020" in lab.page(
        "/equipment/mill-1?start=2020-09-20T10:00:00Z&end=2020-09-21T10:00:00Z", **EN
    )


@pytest.mark.parametrize("preset", ["1m", "10m", "1h", "8h", "1d", "7d", "30d", "91d", "365d", "nonsense"])
def test_presets_end_now(lab: Lab, preset: str) -> None:
    page = lab.page(f"/equipment/mill-1?window={preset}", **EN)
    assert 'data-end="2026-09-21T14:00:00Z"' in page
    assert f'data-follows="{preset if preset != "nonsense" else "8h"}"' in page


def test_the_moving_parts_of_a_page_come_alone(lab: Lab) -> None:
    lab.keep([state(NOW - HOUR, State.BUSY)])
    part = lab.page("/equipment/mill-1/history?window=1h", **EN)
    assert "<html" not in part
    assert 'hx-swap-oob="true"' in part
    assert "Busy 1 h 00 min 100.0%" in visible(part)
    head = lab.page("/equipment/mill-1/head", **EN)
    assert visible(head).startswith("Фрезер 1 Busy since 16:00 · 1 h 00 min")


def test_long_lists_of_jobs_are_cut_with_their_number(lab: Lab) -> None:
    for n in range(52):
        lab.keep([JobSeen(MILL, NOW - n * S - S, NOW, f"j{n}", JobPhase.STARTED)])
    assert "И ещё 2 задания." in lab.page("/equipment/mill-1", **RU)


def test_channels_of_a_page_are_handed_to_its_script_escaped(lab: Lab) -> None:
    lab.keep([Reading(MILL, Channel("u"), NOW, NOW, 1.0, "</script><b>")])
    page = lab.page("/equipment/mill-1", **RU)
    assert "</script><b>" not in page
    assert '"channel":"u"' in page


def test_centre_names_are_escaped() -> None:
    evil = settings().model_copy(update={"centre": CENTRE.model_copy(update={"name": "<script>x</script>"})})
    assert "<script>x" not in Lab(settings=evil).page("/")


@pytest.mark.parametrize(
    ("path", "status", "title"),
    [
        ("/nope", 404, "Страница не найдена"),
        ("/equipment/nope", 404, "Страница не найдена"),
        ("/equipment/mill-1?start=yesterday&end=now", 422, "Адрес не понятен"),
    ],
)
def test_an_error_page_says_what_kind_of_error_it_is(lab: Lab, path: str, status: int, title: str) -> None:
    answer = lab.client.get(path, headers={"accept": "text/html", **RU})
    assert answer.status_code == status
    assert f"<title>{title} · Кванториум «Опыт»</title>" in answer.text
    assert f"<h1>{title}</h1>" in answer.text
