"""The desk behind every chat platform: commands read, buttons act, and the answer is filled in."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from desk.acknowledged.keeping import CONFIRM
from desk.calendars import own as calendar
from desk.configuration.model import Configuration, Team
from desk.forms import Filled, Form, Refused
from desk.handover import rules as handing_over
from desk.handover import said as handover
from desk.incidents import flow as incidents
from desk.marks import flow as marks
from desk.marks import rules as marking
from desk.messages import Action, Fill, Message
from desk.moment import Moment
from desk.mutes import flow as muting
from desk.mutes import rules as muting_rules
from desk.questions import changing, forms, mutes
from desk.questions import flow as questions
from desk.questions import questions as viewers_questions
from desk.questions.asking import Asker as DeskAsker
from desk.words import tongue
from handlers.answering import Asker
from handlers.backtesting import BacktestFailed, Backtesting
from handlers.calendars.links import address, new_secret, works_elsewhere
from handlers.clock.clocks import Clock, wall_now
from handlers.composer import Composer
from handlers.contacting import Contacting
from handlers.right_of_way import RightOfWay
from store.engine import Store


class DeskAnswers:
    """`handlers.answering.Answering`, for real."""

    def __init__(
        self,
        store: Store,
        workspace: int,
        configuration: Callable[[], Configuration],
        clock: Clock,
        composer: Composer,
        backtesting: Backtesting | None = None,
        public_url: str = "",
        contacting: Contacting | None = None,
        right_of_way: RightOfWay | None = None,
    ) -> None:
        """`right_of_way` is taken while somebody waits for an answer or its chart."""
        self._right_of_way = right_of_way or RightOfWay()
        self._store = store
        self._workspace = workspace
        self._configuration = configuration
        self._clock = clock
        self._composer = composer
        self._backtesting = backtesting
        self._public_url = public_url
        self._contacting = contacting

    async def ask(self, command: str, text: str, asker: Asker) -> Message:
        configuration = self._configuration()
        if calendar.asked(command, text):
            return await self._give_calendar(text, asker)
        if self._contacting is not None and self._contacting.asked(command, text):
            return await self._contacting.answer(text, _known(configuration, asker), asker.platform)
        run = self._store.writing if questions.changes(command, text) else self._store.reading
        with self._right_of_way.taken():
            return await run(
                lambda c: questions.answer(
                    Moment(c, self._workspace, configuration, self._clock.now(), wall_now(), asker.platform),
                    command,
                    text,
                    _known(configuration, asker),
                )
            )

    async def form(self, command: str, text: str, asker: Asker) -> Form | None:
        if command != "oncall" or not forms.has_form(text):
            return None
        configuration = self._configuration()
        return await self._store.reading(
            lambda c: forms.typed(
                Moment(c, self._workspace, configuration, self._clock.now(), wall_now(), asker.platform),
                text,
                _known(configuration, asker),
                tongue(asker.locale),
            )
        )

    def opens(self, encoded: str) -> bool:
        return forms.opens(encoded)

    async def open(self, encoded: str, asker: Asker) -> Form | Message:
        configuration = self._configuration()
        known = _known(configuration, asker)
        t = tongue(asker.locale)
        try:
            found = await self._store.reading(
                lambda c: forms.tapped(
                    Moment(c, self._workspace, configuration, self._clock.now(), wall_now(), asker.platform),
                    encoded,
                    known,
                    t,
                )
            )
        except ValueError:
            found = t("This button is from another version of Livedesk; nothing was changed.")
        return _said(found, known) if isinstance(found, str) else found

    async def submit(self, word: str, filled: Filled, asker: Asker) -> Message | Form | Refused | None:
        configuration = self._configuration()
        return await self._store.writing(
            lambda c: forms.submitted(
                Moment(c, self._workspace, configuration, self._clock.now(), wall_now(), asker.platform),
                word,
                filled,
                _known(configuration, asker),
                tongue(asker.locale),
            )
        )

    async def follow(self, command: str, text: str, asker: Asker) -> Message | None:
        if self._backtesting is None:
            return None
        configuration = self._configuration()
        known = _known(configuration, asker)
        longer = await self._store.reading(
            lambda c: questions.longer(
                Moment(c, self._workspace, configuration, self._clock.now(), wall_now(), asker.platform), command, text
            )
        )
        if longer is None:
            return None
        asked, tell = longer
        t = tongue(asker.locale)
        try:
            found = await self._backtesting.compare(configuration, asked)
        except BacktestFailed as failed:
            reason = t("It took longer than {minutes} minutes: ask for fewer days.", minutes=failed.minutes)
            return _said(reason if failed.minutes else t("The replay failed; the log says why."), known)
        return tell(configuration, asked, found, known, t)

    async def act(self, encoded: str, asker: Asker) -> Message:
        configuration = self._configuration()
        known = _known(configuration, asker)
        t = tongue(asker.locale)
        try:
            verb, ref, version = Action.decode(encoded)
            kind, _, number = ref.partition(":")
            if kind == "question" and verb in (viewers_questions.ANSWERED, viewers_questions.TAKE_BACK):
                return await self._note_answer(number, verb, asker)
            if changing.acts(kind, verb):
                return await self._change(kind, verb, number, asker)
            if kind == handing_over.REF and verb in handing_over.VERBS:
                return await self._hand_over(int(number), verb, version, asker)
            if kind == "incident" and verb in marking.VERBS:
                return await self._mark(int(number), cast(marking.Mark, verb), asker)
            if (kind, verb) == ("mute", muting_rules.UNMUTE):
                return await self._unmute(int(number), asker)
            if kind != "incident" or verb not in ("acknowledge", "escalate", "resolve", CONFIRM, *muting_rules.VERBS):
                raise ValueError(encoded)
            incident = int(number)
        except ValueError:
            return _said(t("This button is from another version of Livedesk; nothing was changed."), known)
        act = muting.act if verb in muting_rules.VERBS else incidents.act
        answer = await self._store.writing(
            lambda c: act(
                Moment(c, self._workspace, configuration, self._clock.now(), wall_now(), asker.platform),
                incident,
                verb,
                known.who,
                t,
                version,
            )
        )
        return _said(answer.text, known)

    async def _hand_over(self, note: int, verb: str, version: int, asker: Asker) -> Message:
        configuration = self._configuration()
        known = _known(configuration, asker)
        answer = await self._store.writing(
            lambda c: handover.act(
                Moment(c, self._workspace, configuration, self._clock.now(), wall_now(), asker.platform),
                note,
                verb,
                version,
                known,
                tongue(asker.locale),
            )
        )
        return _said(answer, known)

    async def _unmute(self, mute: int, asker: Asker) -> Message:
        configuration = self._configuration()
        known = _known(configuration, asker)
        return await self._store.writing(
            lambda c: mutes.unmute_one(
                Moment(c, self._workspace, configuration, self._clock.now(), wall_now(), asker.platform),
                mute,
                known,
                tongue(asker.locale),
            )
        )

    async def _note_answer(self, question: str, verb: str, asker: Asker) -> Message:
        configuration = self._configuration()
        known = _known(configuration, asker)
        return await self._store.writing(
            lambda c: viewers_questions.act(
                Moment(c, self._workspace, configuration, self._clock.now(), wall_now(), asker.platform),
                question,
                verb,
                known.who,
                tongue(asker.locale),
            )
        )

    async def _mark(self, incident: int, mark: marking.Mark, asker: Asker) -> Message:
        configuration = self._configuration()
        known = _known(configuration, asker)
        answer = await self._store.writing(
            lambda c: marks.act(
                Moment(c, self._workspace, configuration, self._clock.now(), wall_now(), asker.platform),
                incident,
                mark,
                known.person or f"{asker.platform}:{asker.name}",
                tongue(asker.locale),
            )
        )
        return _said(answer.text, known)

    async def _change(self, kind: str, verb: str, rest: str, asker: Asker) -> Message:
        configuration = self._configuration()
        return await self._store.writing(
            lambda c: changing.act(
                Moment(c, self._workspace, configuration, self._clock.now(), wall_now(), asker.platform),
                kind,
                verb,
                rest,
                _known(configuration, asker),
                tongue(asker.locale),
            )
        )

    async def _give_calendar(self, text: str, asker: Asker) -> Message:
        configuration = self._configuration()
        secret = new_secret()
        return await self._store.writing(
            lambda c: calendar.answer(
                Moment(c, self._workspace, configuration, self._clock.now(), wall_now(), asker.platform),
                text,
                _known(configuration, asker),
                tongue(asker.locale),
                secret,
                address(self._public_url, secret),
                reachable=works_elsewhere(self._public_url),
            )
        )

    async def fill(self, message: Message, platform: str, *, with_chart: bool = True) -> Fill:
        with self._right_of_way.taken():
            return await self._composer.fill(message, platform, with_chart)


def _said(text: str, asker: DeskAsker) -> Message:
    return Message(kind="answer", headline=text, locale=asker.locale, zone=str(asker.zone))


def _known(configuration: Configuration, asker: Asker) -> DeskAsker:
    person = next(
        (key for key, one in configuration.people.items() if one.contacts.get(asker.platform) == asker.user), None
    )
    try:
        zone = ZoneInfo(asker.zone)
    except (ZoneInfoNotFoundError, ValueError):
        zone = ZoneInfo("UTC")
    team = _team(configuration, asker, person)
    contact = (asker.platform, asker.user)
    return DeskAsker(person, zone, asker.locale, team, f"{asker.platform}:{asker.name}", contact)


def _team(configuration: Configuration, asker: Asker, person: str | None) -> Team | None:
    here = f"{asker.platform}:{asker.channel}"
    teams = configuration.teams.values()
    return next((team for team in teams if here in team.channels), None) or next(
        (team for team in teams if person is not None and person in team.members), None
    )
