"""Projects and applied studies that were finished, with the runs and jobs that prove them.

Nothing here judges a project.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from telemetry.indicators.build import Fact, facts_of
from telemetry.indicators.definition import Dimension, How
from telemetry.indicators.facts import Facts
from telemetry.indicators.world import Codes, Project, World

_DIMENSIONS = (
    Dimension.KIND,
    Dimension.TRACK,
    Dimension.LEVEL,
    Dimension.PROGRAM,
    Dimension.PARTNER,
    Dimension.CATEGORY,
    Dimension.FORM,
    Dimension.EQUIPMENT,
    Dimension.SOFTWARE,
)


def projects(world: World) -> Facts:
    """A project or applied study counts once, on the day on which it was finished."""
    return facts_of(_rows(world), _DIMENSIONS, today=world.today)


def projects_with_outcome(world: World) -> Facts:
    """Of the finished projects and studies, those that were practical or shown outside the centre."""
    return projects(world)


def _rows(world: World) -> Iterator[Fact]:
    forms = {program.id: program.form for program in world.programs}
    used_by_run = {run.id: run.equipment for run in world.runs}
    used_by_job = {job.id: job.equipment for job in world.jobs}
    for project in world.projects:
        proofs = [used_by_run[one] for one in project.runs if one in used_by_run]
        proofs += [used_by_job[one] for one in project.jobs if one in used_by_job]
        yield Fact(
            kind="project",
            id=project.id,
            first=project.day,
            last=project.day,
            labels={
                **_labels(project),
                Dimension.FORM: (forms.get(project.program, ""),),
                Dimension.EQUIPMENT: (*project.equipment, *(used for proof in proofs for used in proof)),
            },
            amount=int(project.practical or project.shown_outside),
            base=1,
            how=How.TELEMETRY if proofs else How.REGISTER,
            members=project.learners,
            unlisted=project.unlisted,
        )


def _labels(project: Project) -> Mapping[Dimension, Codes]:
    return {
        Dimension.KIND: (project.kind,),
        Dimension.TRACK: (project.track,),
        Dimension.LEVEL: (project.level,),
        Dimension.PROGRAM: (project.program,),
        Dimension.PARTNER: (project.partner,),
        Dimension.CATEGORY: (project.category,),
        Dimension.SOFTWARE: project.software,
    }
