"""What `bot.py doctor` looks at to tell whether pages reach people: the mail server, links, who comes on call."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from desk.configuration.model import Configuration
from desk.contacts.methods import EMAIL
from desk.moment import Moment
from desk.reachable import flow as reachability
from desk.reachable.rules import AHEAD, coming
from handlers.calendars.links import works_elsewhere
from handlers.commands.doctor import Check, Finding, broken, fine, odd
from handlers.settings import Settings, SettingsError, variable


def reaching_checks(settings: Settings, now: datetime) -> list[Check]:
    return [Check("reaching", lambda: look_at_mail(settings)), Check("reaching", lambda: look_at_people(settings, now))]


def look_at_mail(settings: Settings) -> Iterator[Finding]:
    """Whether the mail server would take a mail: connected, encrypted, logged in. Nothing is sent."""
    from handlers.email.smtp import Delivery, MailFailed

    try:
        policy = settings.smtp()
    except SettingsError as error:
        for wrong in error.wrong:
            yield broken(str(wrong))
        return
    if policy is None:
        yield odd("no mail server is set, so nobody is paged by e-mail", f"set {variable('smtp_host')} to use one")
        return
    try:
        Delivery(policy, ssl.create_default_context()).run(None, "")
    except MailFailed as failed:
        yield broken(f"{EMAIL}: {failed.reason}", "pages by e-mail wait until it works; the other ways go on")
    else:
        yield fine(f"the mail server {policy.host}:{policy.port} takes mail ({policy.security})")
    if not works_elsewhere(settings.http().public_url):
        yield odd("links to acknowledge work on this machine alone", f"set {variable('public_url')}")


def look_at_people(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Everybody who comes on call within a week, as the stored configuration and the verified methods have it."""
    from handlers.further import further_ways
    from handlers.opening import OpeningError, existing_store, stored_configuration
    from store import workspaces

    try:
        store = existing_store(settings.database())
        further = further_ways(settings)
    except (OpeningError, SettingsError):
        return  # told by the checks of the database and of the settings
    try:
        workspace = store.read(lambda c: workspaces.find(c, settings.workspace))
        configuration = stored_configuration(store, workspace) if workspace is not None else None
        if workspace is None or configuration is None:
            return
        yield from store.read(_look(workspace, configuration, further, now))
    except SQLAlchemyError as error:
        yield odd(f"who can be reached is not known ({type(error).__name__})")
    finally:
        store.close()


def _look(
    workspace: int, configuration: Configuration, further: tuple[str, ...], now: datetime
) -> Callable[[Connection], list[Finding]]:
    def look(connection: Connection) -> list[Finding]:
        moment = Moment(connection, workspace, replace(configuration, further_ways=further), now, now)
        found, _ = reachability.found_now(moment)
        everybody = len(coming(moment.configuration, now))
        days = AHEAD.days
        if not found:
            return [fine(f"a page reaches everybody ({everybody}) who comes on call in the next {days} days")]
        who = ", ".join(one.coming.person for one in found)
        says = f"{len(found)} of {everybody} who come on call in the next {days} days may not be reached: {who}"
        return [odd(says, "`/oncall contact check` says why; they add a way with `/oncall contact add`")]

    return look
