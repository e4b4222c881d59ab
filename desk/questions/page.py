"""`/oncall page [schedule|person] text…`: page somebody by hand."""

from __future__ import annotations

from desk.byhand import flow, rules
from desk.byhand.flow import Paged
from desk.byhand.rules import MOST_PAGES, MOST_TEXT, Call
from desk.messages import Command, Message, Paragraph, Part, Text
from desk.moment import Moment
from desk.oncall.concerns import team_of
from desk.oncall.current import planned
from desk.questions.asking import Asker
from desk.questions.plan_asked import names_of, said
from desk.words import Tongue


def answer(moment: Moment, text: str, asker: Asker, t: Tongue) -> Message:
    """Must run in a unit of work that writes."""
    configuration = planned(moment)
    if asker.person is None:
        return said(t("I do not know you yet: ask an admin to add you to livedesk.yaml, under people."), (), asker, t)
    call = rules.read(configuration, text)
    if call.stranger:
        return said(t("I know nobody called “{text}”", text=call.stranger), _usage(t), asker, t)
    if call.schedule is None and call.person is None:
        likely = _likely(moment, asker)
        if likely is None:
            return said(t("Say whom: a schedule or a person, then what it is about"), _usage(t), asker, t)
        call = Call(likely, None, call.text)
    if not call.text:
        return said(t("Say what it is about: whoever is woken should know why"), _usage(t), asker, t)
    if len(call.text) > MOST_TEXT:
        n = t("At most {n} characters, please: these are {many}.", n=MOST_TEXT, many=len(call.text))
        return said(t("That is too long for a page"), (Paragraph((Text(n),)),), asker, t)
    wait = rules.wait_for(flow.paged_lately(moment, asker.person), moment.now)
    if wait is not None:
        headline = t(
            "You have paged {n} times in ten minutes: the next one in {time}", n=MOST_PAGES, time=t.duration(wait)
        )
        return said(headline, (Paragraph((Text(t("Nobody was paged.")),)),), asker, t)
    return _told(moment, flow.page(moment, call, asker.person), asker, t)


def _likely(moment: Moment, asker: Asker) -> str | None:
    """The one schedule there is, or the one of the asker's team."""
    names = list(moment.configuration.schedules)
    if len(names) == 1:
        return names[0]
    own = [name for name in names if asker.team and team_of(moment.configuration, name) == asker.team]
    return own[0] if len(own) == 1 else None


def _told(moment: Moment, paged: Paged, asker: Asker, t: Tongue) -> Message:
    """Who was paged, or why nobody was: never a silence that looks like a page."""
    configuration = moment.configuration
    footer = (Text(t("Its record:") + " "), Command(f"/live incidents {paged.incident}"))
    parts: list[Part] = []
    if paged.muted is not None:
        until = t.day_time(paged.muted.until, asker.zone)
        headline = (
            t("Nobody was paged: pages by hand are muted until {until}", until=until)
            if paged.muted.incident is None
            else t("Nobody was paged: what you paged for before is muted until {until}", until=until)
        )
        end_it = t("It is noted, and pages when the mute ends. To end it now:") + " "
        parts.append(Paragraph((Text(end_it), Command(f"/live unmute {paged.muted.id}"))))
    elif paged.owner is not None:
        known = configuration.people.get(paged.owner)
        headline = t("{person} has this in hand already", person=known.name if known else paged.owner.partition(":")[2])
        parts.append(Paragraph((Text(t("They were told of what you wrote. Nobody else was woken.")),)))
    elif paged.people:
        headline = t("Paged: {people}", people=names_of(configuration, paged.people, t))
        if paged.why_nobody:
            parts.append(Paragraph((Text(t("Nobody is on call there, so the policy went on to its next step.")),)))
        follows = (
            t(
                "You hear of it when somebody has it. No policy leads there: they are paged again, with whoever comes "
                "next, and you hear of it if nobody answers."
            )
            if paged.alone
            else t("You hear of it when somebody has it. If nobody does, the policy goes on.")
        )
        parts.append(Paragraph((Text(follows),)))
    else:
        headline = t("Nobody could be paged")
        parts.append(
            Paragraph((Text(paged.why_nobody),))
            if paged.why_nobody
            else Paragraph((Text(t("Nobody there has a way to be reached.")),))
        )
    return said(headline, parts, asker, t, footer=footer)


def _usage(t: Tongue) -> tuple[Part, ...]:
    return (Paragraph((Text(t("For example:") + " "), Command("/oncall page emea the studio has no sound"))),)
