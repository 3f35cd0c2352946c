"""KINDS: everything that people enter, by its name in files and addresses.

One line a kind; a kind is never renamed, because its name is on disk.
"""

from __future__ import annotations

from collections.abc import Mapping

from edge.register.calendar import BellSchedule, Holiday, MovedDay, OpeningHours, Term
from edge.register.entry import Entry
from edge.register.events import Event, Participation
from edge.register.evidence import Attendance, RuleSet, SessionCorrection
from edge.register.lessons import Cancellation, Group, OneOff, Partner, Program, Slot, Substitution, Teacher
from edge.register.mappings import ImportMapping
from edge.register.mentoring import MentoringModel, MentoringPair, Volunteering
from edge.register.network import Enrolment, NetworkAgreement, Survey
from edge.register.projects import Achievement, Project
from edge.register.publicity import InformationChannel, Publication
from edge.register.quarters import ManualValue, PlannedWork, QuarterText, Target
from edge.register.upkeep import PlannedMaintenance, Service

KINDS: Mapping[str, type[Entry]] = {
    kind.kind: kind
    for kind in (
        BellSchedule,
        Term,
        Holiday,
        MovedDay,
        OpeningHours,
        Partner,
        Program,
        Group,
        Teacher,
        Slot,
        Substitution,
        Cancellation,
        OneOff,
        PlannedMaintenance,
        Service,
        Attendance,
        SessionCorrection,
        RuleSet,
        ImportMapping,
        NetworkAgreement,
        Enrolment,
        Survey,
        Event,
        Participation,
        Project,
        Achievement,
        MentoringModel,
        MentoringPair,
        Volunteering,
        InformationChannel,
        Publication,
        PlannedWork,
        ManualValue,
        QuarterText,
        Target,
    )
}
