"""The `labedge` command: joins the gateway with its pages, and the smaller tools beside it.

Only this module may see both sides; what it joins knows nothing of it.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from drivers.catalog import CATALOG
from edge import logs
from edge.clock import SystemClock
from edge.configuration import load
from edge.errors import LabedgeError
from edge.faults import Faults
from edge.settings import Settings

OK, WRONG, MISUSED = 0, 1, 2

app = typer.Typer(
    name="labedge",
    help="The edge service of a school lab: devices in, kept durably, live on a board.",
    epilog="Example: labedge run --config labedge.toml",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", envvar="LABEDGE_CONFIG", help="The TOML file; equipment.d/*.toml beside it is read too."),
]
DataOption = Annotated[
    Path | None,
    typer.Option(
        "--data-dir",
        envvar="LABEDGE_DATA_DIR",
        help="Where the journal is kept; default: data/lab, for the demo data/demo.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]


def main() -> None:
    """Run the command; an error that a person can mend ends in a sentence, not in a traceback."""
    try:
        app()
    except LabedgeError as error:
        _fail("\n".join(error.lines), "", MISUSED)


@app.command()
def run(
    config: ConfigOption = None,
    data_dir: DataOption = None,
    demo: Annotated[bool, typer.Option("--demo", help="Simulated devices, whatever is configured.")] = False,  # noqa: FBT002 - Typer's way to write a flag
    verbose: Annotated[bool, typer.Option("--verbose", help="Log every detail.")] = False,  # noqa: FBT002 - as above
) -> None:
    """Start the gateway; without a configuration, the demo lab.

    Example: labedge run --config /etc/labedge/labedge.toml --data-dir /var/lib/labedge
    """
    from api import service  # noqa: PLC0415 - the other commands start faster without the server

    logs.configure(verbose=verbose)
    settings = load(config, environ=os.environ)
    is_demo = demo or settings.demo or config is None
    folder = data_dir or Path("data", "demo" if is_demo else "lab")
    lab = service.demo(settings, folder) if is_demo else service.real(settings, folder, config, os.environ)
    raise typer.Exit(service.serve(lab, environ=os.environ))


@app.command()
def check(config: ConfigOption = None, as_json: JsonOption = False) -> None:  # noqa: FBT002 - Typer's way to write a flag
    """Validate the configuration. Each fault has its file, line and the nearest valid name; exit 2 on any.

    Example: labedge check --config labedge.toml
    """
    from edge.monitoring.sets import checked  # noqa: PLC0415 - as in `run`

    try:
        settings = checked(config, lambda: load(config, environ=os.environ))
    except Faults as error:
        if as_json:
            typer.echo(json.dumps([{"file": f.file, "line": f.line, "message": f.message} for f in error.faults]))
        else:
            for fault in error.faults:
                typer.echo(str(fault), err=True)
            typer.echo(f"{len(error.faults)} fault(s). {error.fix}", err=True)
        raise typer.Exit(MISUSED) from None
    typer.echo("[]" if as_json else f"{config or 'the defaults'}: well; {_count(settings)}")


@app.command()
def verify(
    edition: Annotated[str, typer.Option("--edition", help="Make this one anew too: 2026-Q3 or 2026-Q3/1.")] = "",
    data_dir: DataOption = None,
    as_json: JsonOption = False,  # noqa: FBT002 - Typer's way to write a flag
) -> None:
    """Check the journal, the register and the closed editions for damage. Works while the gateway runs.

    Exit 1 and the place on any; with --edition also where that edition, made anew, is not byte for byte the same.

    Example: labedge verify --edition 2026-Q3 --data-dir /var/lib/labedge
    """
    from api import verification  # noqa: PLC0415 - as in `run`

    folder = data_dir or Path("data", "lab")
    if not (folder / "journal.sqlite").is_file():
        place = folder / "journal.sqlite"
        _fail(f"There is no journal at {place}.", "Name its folder: labedge verify --data-dir FOLDER", MISUSED)
    faults = verification.findings(folder)
    if edition and not faults:
        faults = verification.made_anew(folder, edition, SystemClock())
    if as_json:
        typer.echo(json.dumps([{"place": fault.place, "message": fault.message} for fault in faults]))
    else:
        for fault in faults:
            typer.echo(f"{fault.place}: {fault.message}", err=True)
        anew = f"; {edition} made anew is the same" if edition else ""
        typer.echo(f"{folder}: {len(faults)} fault(s)" if faults else f"{folder}: whole{anew}")
    raise typer.Exit(WRONG if faults else OK)


@app.command()
def export(  # noqa: PLR0913, PLR0917 - Typer's way to write options
    name: Annotated[str, typer.Argument(help="utilisation, monitoring …; any of GET /api/v1/exports.")],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="The file: .csv, .xlsx, .json …")] = None,
    first: Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="The first day.")] = None,
    last: Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="The last day, included.")] = None,
    form: Annotated[str, typer.Option("--format", help="Other than the suffix tells: csv-excel …")] = "",
    language: Annotated[str, typer.Option("--lang", help="ru or en: of the headers; default: the centre's.")] = "",
    by: Annotated[str, typer.Option("--by", help="Of utilisation: equipment, room …; of evidence: a breakdown.")] = "",
    bucket: Annotated[str, typer.Option("--bucket", help="Of utilisation: day, week, month, quarter …")] = "day",
    year: Annotated[int, typer.Option("--year", help="Of monitoring, evidence, facts: the calendar year.")] = 0,
    quarter: Annotated[int, typer.Option("--quarter", help="1 to 4; values run from 1 January to its end.")] = 0,
    edition: Annotated[int | None, typer.Option("--edition", min=1, help="As closed; default: as of now.")] = None,
    number: Annotated[str, typer.Option("--number", help="Of evidence: one indicator; default: all.")] = "",
    key: Annotated[str, typer.Option("--key", help="Of evidence: one key of the breakdown --by.")] = "",
    inside: Annotated[bool, typer.Option("--inside", help="For the school itself: small groups are shown.")] = False,  # noqa: FBT002 - Typer's way to write a flag
    mapping: Annotated[str, typer.Option("--mapping", help="Of form: a TOML file, or a name from forms.d.")] = "",
    template: Annotated[Path | None, typer.Option("--template", help="Of form: other than the mapping names.")] = None,
    check_only: Annotated[bool, typer.Option("--check", help="Of form: only list what is blank, and why.")] = False,  # noqa: FBT002 - as above
    as_json: Annotated[bool, typer.Option("--json", help="Print the table as JSON; no file is written.")] = False,  # noqa: FBT002 - as above
    config: ConfigOption = None,
    data_dir: DataOption = None,
) -> None:
    """Write a table of the numbers to a file. Works while the gateway runs; without a configuration, of the demo lab.

    Example: labedge export utilisation --from 2026-09-01 --to 2026-09-30 -o september.xlsx --config labedge.toml
    """
    from api import exporting  # noqa: PLC0415 - as in `run`

    words = exporting.Words(
        name,
        first=first,
        last=last,
        by=by,
        bucket=bucket,
        language=language,
        year=year,
        quarter=quarter,
        edition=edition or 0,
        number=number,
        key=key,
        inside=inside,
    )
    settings = exporting.demo_roster() if config is None else load(config, environ=os.environ)
    folder = data_dir or Path("data", "demo" if config is None else "lab")
    lab = exporting.Lab(settings, folder, SystemClock(), config)
    if name == "form":
        done = exporting.form(words, exporting.FormAsked(mapping, template, None if check_only else output), lab)
        for line in done.blanks:
            typer.echo(line, err=True)
        typer.echo(f"{len(done.blanks)} blank(s)" if done.size == 0 else f"{output}: {done.size} bytes")
        raise typer.Exit(WRONG if done.blanks else OK)
    if as_json:
        typer.echo(exporting.told(words, lab), nl=False)
        return
    if output is None:
        _fail("An export needs a file.", "Name it: -o FILE, or say --json", MISUSED)
    size = exporting.export(words, exporting.format_of(output, form), output, lab)
    typer.echo(f"{output}: {size} bytes")


@app.command("import")
def import_(  # noqa: PLR0913, PLR0917 - Typer's way to write options
    name: Annotated[str, typer.Argument(help="timetable, equipment or register.")],
    file: Annotated[Path, typer.Argument(help="The file: .xlsx, .xls, CSV; a timetable may be an iCalendar.")],
    kind: Annotated[str, typer.Option("--kind", help="Of register: event, enrolment, achievement …")] = "",
    apply: Annotated[bool, typer.Option("--apply", help="Do it; otherwise it is only told.")] = False,  # noqa: FBT002 - Typer's way to write a flag
    author: Annotated[str, typer.Option("--author", help="Who enters it; a timetable needs it to apply.")] = "",
    reason: Annotated[str, typer.Option("--reason", help="Why; default: the file's name.")] = "",
    answer: Annotated[list[str] | None, typer.Option("--answer", help="COLUMN=MEANING of an unknown header.")] = None,
    replace: Annotated[bool, typer.Option("--replace", help="The file is all: remove what it has not.")] = False,  # noqa: FBT002 - as above
    term: Annotated[str, typer.Option("--term", help="The term of week numbers and of new slots.")] = "",
    since: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], help="The first day that the file holds for; default: today."),
    ] = None,
    config: ConfigOption = None,
    data_dir: DataOption = None,
    as_json: JsonOption = False,  # noqa: FBT002 - as above
) -> None:
    """Read a table that people filled in.

    Tells what it would change, every fault with its cell, and with --apply does it; exit 1 on any fault.

    Example: labedge import timetable timetable.xlsx --config labedge.toml --apply --author "A. Petrova"
    """
    from api import importing  # noqa: PLC0415 - as in `run`
    from edge.register.imports.columns import COLUMNS  # noqa: PLC0415 - as in `run`
    from edge.register.imports.plan import Scope  # noqa: PLC0415 - as in `run`

    subject = importing.subject_named(name, kind)
    if subject is None or ((replace or since) and name != "timetable"):
        fix = f"Take timetable [--replace] [--from DAY], equipment, register --kind KIND: one of {', '.join(COLUMNS)}."
        _fail(f"There is no such import of {name!r}" + (f" of kind {kind!r}." if kind else "."), fix, MISUSED)
    asked = importing.Asked(
        subject=subject,
        file=file,
        folder=data_dir or Path("data", "demo" if config is None else "lab"),
        settings=importing.settings_of(config, subject),
        config=config,
        answers=importing.answered(answer or (), subject),
        scope=Scope.REPLACING if replace else Scope.ADDING,
        term=term,
        since=since.date() if since else None,
        apply=apply,
        author=author,
        reason=reason,
    )
    imported = importing.IMPORTS[subject](asked, SystemClock())
    typer.echo(importing.dumped(imported) if as_json else "\n".join(importing.told(imported)))
    for line in () if as_json else importing.troubles(imported.plan):
        typer.echo(line, err=True)
    raise typer.Exit(OK if imported.plan.ready else WRONG)


@app.command()
def drivers(as_json: JsonOption = False) -> None:  # noqa: FBT002 - Typer's way to write a flag
    """List the families of devices and their settings.

    Example: labedge drivers --json
    """
    rows = [
        {
            "family": spec.family,
            "title": spec.title,
            "link": spec.link.value,
            "baud": spec.baud,
            "options": spec.settings.model_json_schema().get("properties", {}),
        }
        for spec in CATALOG.values()
    ]
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        typer.echo(f"{row['family']:<12} {row['link']:<5} {row['title']}")
        typer.echo(f"{'':<12} options: {', '.join(row['options']) or 'none'}")


@app.command()
def replay(
    file: Annotated[Path, typer.Argument(help="A transcript: JSON lines as `labedge record` writes them.")],
    driver: Annotated[str, typer.Option("--driver", help="The family that reads it; see `labedge drivers`.")],
    topic: Annotated[str, typer.Option("--topic", help="Of an MQTT family: the equipment's topics.")] = "#",
) -> None:
    """Print what a driver makes of a transcript, as JSON lines.

    Example: labedge replay printer.jsonl --driver marlin
    """
    from api import transcripts  # noqa: PLC0415 - as in `run`

    if not file.is_file():
        _fail(f"There is no transcript {file}.", "Record one: labedge record LINK -o FILE", MISUSED)
    for line in transcripts.records(file, driver, topic, SystemClock()):
        typer.echo(line)


@app.command()
def record(
    link: Annotated[str, typer.Argument(help="/dev/serial/by-id/NAME@115200 or HOST:PORT.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The file to write.")],
    driver: Annotated[str, typer.Option("--driver", help="Ask as this family does; default: only listen.")] = "",
    seconds: Annotated[float, typer.Option("--seconds", min=0, help="How long; default: until Ctrl-C.")] = 0,
) -> None:
    """Write a transcript of a device. Opens only the link named, and sends only what the family may ask.

    Example: labedge record /dev/serial/by-id/usb-1a86_USB_Serial-if00-port0@115200 -o mill.jsonl --driver grbl
    """
    from api import transcripts  # noqa: PLC0415 - as in `run`

    transcripts.record(transcripts.link_named(link), output, driver=driver, seconds=seconds, clock=SystemClock())


def _count(settings: Settings) -> str:
    return f"{len(settings.equipment)} equipment, pages at http://{settings.api.host}:{settings.api.port}"


def _fail(message: str, fix: str, code: int) -> NoReturn:
    typer.echo(f"{message}\n{fix}" if fix else message, err=True)
    sys.exit(code)
