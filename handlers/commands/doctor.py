"""`bot.py doctor`: everything that can be wrong with an installation, looked at one by one, with what to do next.

A check is a name and a function that yields findings. The checks here are those that need no database; `bot.py` passes
its own beside them. A check that fails in a way nobody foresaw is a finding too, so that the others still run.
"""

from __future__ import annotations

import asyncio
import json
import os
import platform
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Literal, TextIO

from handlers.configuration import ConfigurationError, examine_file, json_schema, warnings
from handlers.configuration.reference import reference
from handlers.settings import Settings, SettingsError, settings_table, unknown_variables, variable

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from desk.configuration.model import Configuration
    from handlers.settings import SlackPolicy
    from handlers.translate.base import TranslationService

OK, MEND = 0, 1
TRANSLATION_PATIENCE = 10.0  # seconds for one service; a chain in use allows less


@dataclass(frozen=True, slots=True)
class Finding:
    """`fine` needs nothing, `odd` may be meant, `broken` must be mended; `do` says what to do next."""

    status: Literal["fine", "odd", "broken"]
    says: str
    do: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    name: str
    look: Callable[[], Iterable[Finding]]


def fine(says: str) -> Finding:
    return Finding("fine", says)


def odd(says: str, do: str = "") -> Finding:
    return Finding("odd", says, do)


def broken(says: str, do: str = "") -> Finding:
    return Finding("broken", says, do)


def doctor(
    settings: Settings | SettingsError,
    now: datetime,
    out: TextIO,
    *,
    database: Sequence[Check] = (),
    services: Sequence[TranslationService] = (),
    as_json: bool = False,
) -> int:
    """Run every check and write what was found to `out`; 1 when something must be mended, else 0.

    `settings` may be the error that reading them raised: the checks that need no settings still run. `services` are
    the translators that the settings name, in their order.
    """
    checks = [Check("python", look_at_python), Check("settings", lambda: look_at_settings(settings, os.environ))]
    if isinstance(settings, Settings):
        known = settings
        checks += [
            Check("configuration", lambda: look_at_configuration(known.config, now)),
            *database,
            Check("slack", lambda: look_at_slack(known)),
            Check("translators", lambda: look_at_translators(services)),
        ]
    checks.append(Check("fonts", look_at_fonts))
    findings = [(check.name, finding) for check in checks for finding in _looked(check)]
    (_as_json if as_json else _as_lines)(findings, out)
    return MEND if any(finding.status == "broken" for _, finding in findings) else OK


def _looked(check: Check) -> list[Finding]:
    found: list[Finding] = []
    try:
        found.extend(check.look())
    except Exception as error:
        # Only the kind of error: its text may hold an address with a password.
        found.append(broken(f"the check itself failed ({type(error).__name__})", "please report this"))
    return found


_SIGNS = {"fine": "ok  ", "odd": "note", "broken": "MEND"}


def _as_lines(findings: Sequence[tuple[str, Finding]], out: TextIO) -> None:
    width = max(len(name) for name, _ in findings)
    for name, finding in findings:
        print(f"{_SIGNS[finding.status]}  {name:<{width}}  {finding.says}", file=out)
        if finding.do:
            print(f"{'':<{width + 8}}→ {finding.do}", file=out)
    counts = {status: sum(finding.status == status for _, finding in findings) for status in _SIGNS}
    mend = f"{counts['broken']} to mend" if counts["broken"] else "nothing to mend"
    print(f"\n{counts['fine']} fine, {counts['odd']} to look at, {mend}", file=out)


def _as_json(findings: Sequence[tuple[str, Finding]], out: TextIO) -> None:
    good = not any(finding.status == "broken" for _, finding in findings)
    listed = [{"check": name, **asdict(finding)} for name, finding in findings]
    print(json.dumps({"ok": good, "findings": listed}, ensure_ascii=False, indent=2), file=out)


# ── the checks ───────────────────────────────────────────────────────────────────────────────────────────────────


def look_at_python(version: tuple[int, ...] = tuple(sys.version_info[:3])) -> Iterator[Finding]:
    shown = ".".join(map(str, version))
    if (3, 11) <= version < (3, 14):
        yield fine(f"Python {shown} on {platform.system()}")
    else:
        yield broken(f"Python {shown} is not supported", "install Python 3.11, 3.12 or 3.13 and run `make demo` again")


def look_at_settings(settings: Settings | SettingsError, environment: Collection[str]) -> Iterator[Finding]:
    if isinstance(settings, SettingsError):
        for wrong in settings.wrong:
            mend = f"set it to something like {wrong.name}={wrong.example}" if wrong.example else ""
            yield broken(f"{wrong.name}: {wrong.reason}", mend)
    else:
        yield fine("all settings can be read")
        yield from _keys(settings)
    for unknown in unknown_variables(environment):
        yield odd(unknown, "correct its name, or unset it")


def _keys(settings: Settings) -> Iterator[Finding]:
    """Whether the installation's keys are there. Making them is left to the first start."""
    made = settings.keys_file
    if made is not None and not made.exists() and not (settings.viewer_key and settings.secret_key):
        yield fine(f"keys will be made in {made} at the first start")
        return
    try:
        keys = settings.keys()
    except SettingsError as error:
        for wrong in error.wrong:
            yield broken(str(wrong))
    else:
        yield fine(f"viewers are hashed with the key {keys.viewer_key_id}")


def look_at_configuration(path: Path, now: datetime) -> Iterator[Finding]:
    try:
        loaded = examine_file(path)
    except ConfigurationError as error:
        for problem in error.problems:
            where = f"{problem.file}:{problem.line}: {problem.field}"
            yield broken(f"{where}: {problem.reason}", f"for example {problem.example}" if problem.example else "")
        return
    found = loaded.configuration
    yield fine(
        f"{path}: {len(found.people)} people, {len(found.teams)} teams, {len(found.markets)} markets, "
        f"{len(found.schedules)} schedules, {len(found.policies)} policies"
    )
    for note in loaded.notes:
        yield odd(f"{note.file}:{note.line}: {note.field}: {note.reason}")
    for warning in warnings(found, now):
        yield odd(warning)


def look_at_slack(settings: Settings) -> Iterator[Finding]:
    """Who the tokens are, by asking Slack, and whether the bot can speak where the configuration wants it to."""
    try:
        policy = settings.slack()
    except SettingsError as error:
        for wrong in error.wrong:
            yield broken(
                f"{wrong.name}: {wrong.reason}", f"set it, or {variable('slack_mode')}=off to run without Slack"
            )
        return
    if policy is None:
        yield odd("Slack is switched off", f"set {variable('slack_mode')}=socket and the tokens to use it")
        return
    try:
        configuration = examine_file(settings.config).configuration
    except ConfigurationError:
        configuration = None  # its problems have been told; the tokens can be checked all the same
    yield from asyncio.run(_ask_slack(policy, configuration))


async def _ask_slack(policy: SlackPolicy, configuration: Configuration | None) -> list[Finding]:
    from handlers.slack.client import slack_client
    from handlers.slack.socket import SlackSetupError, check_app_token, check_bot_token

    found: list[Finding] = []
    async with slack_client(policy.bot_token, policy.api_url) as client:
        try:
            identity = await check_bot_token(client)
            found.append(
                fine(f"the bot is {identity.user} ({identity.user_id}) in {identity.team} ({identity.team_id})")
            )
        except SlackSetupError as error:
            return [broken(str(error))]
        if policy.mode == "socket":
            try:
                await check_app_token(client, policy.app_token)
                found.append(fine("Slack offers a socket to this app"))
            except SlackSetupError as error:
                found.append(broken(str(error)))
        for channel in _slack_channels(configuration):
            found.append(await _ask_about(client, channel))
    return found


def _slack_channels(configuration: Configuration | None) -> list[str]:
    """Ids of the channels that the configuration speaks to, each once."""
    if configuration is None:
        return []
    named = [channel for team in configuration.teams.values() for channel in team.channels]
    named += [
        target.name
        for policy in configuration.policies.values()
        for step in policy.steps
        for target in step.notify
        if target.kind == "channel"
    ]
    named.append(configuration.admin_channel or "")
    return [channel.removeprefix("slack:") for channel in dict.fromkeys(named) if channel.startswith("slack:")]


async def _ask_about(client: AsyncWebClient, channel: str) -> Finding:
    from slack_sdk.errors import SlackApiError

    from handlers.slack.outcomes import FAILURES, advice, refusal

    try:
        answer = await client.conversations_info(channel=channel)
    except FAILURES as error:
        if not isinstance(error, SlackApiError):
            return odd(f"{channel}: Slack could not be asked ({type(error).__name__})", "run the doctor again later")
        said = refusal(error)
        # Without the scope to ask, posting may work all the same.
        return (odd if said.error == "missing_scope" else broken)(f"{channel}: {said.error}", advice(said))
    about = answer["channel"]
    name = f"#{about['name']} ({channel})"
    if about.get("is_archived"):
        return broken(f"{name} is archived", "unarchive it, or name another one in livedesk.yaml")
    if not about.get("is_member"):
        return broken(f"the bot is not in {name}", "invite it there: /invite @Livedesk")
    return fine(f"the bot is in {name}")


def look_at_translators(
    services: Sequence[TranslationService], patience: float = TRANSLATION_PATIENCE
) -> Iterator[Finding]:
    """Each service translates two words, within `patience` seconds."""
    if not services:
        yield odd(
            "no translator is set, so words are shown as they were written",
            f"set {variable('translators')}, such as libre,google (docs/configuration.md says what leaves the company)",
        )
    for service in services:
        yield _translated(service, patience)


def _translated(service: TranslationService, patience: float) -> Finding:
    from handlers.translate.base import TranslationFailed

    heard: list[str | TranslationFailed] = []

    def ask() -> None:
        try:
            heard.append(service.translate("good morning", "en", "de"))
        except TranslationFailed as failed:
            heard.append(failed)

    # Services have no time limit of their own; a daemon thread that hangs does not keep the doctor from leaving.
    asking = Thread(target=ask, daemon=True)
    asking.start()
    asking.join(patience)
    mend = "the next translator is asked instead; check its address, its key and the network"
    if not heard:
        return odd(f"{service.name} does not answer within {patience:g} s", mend)
    if isinstance(heard[0], TranslationFailed):
        return odd(str(heard[0]), mend)
    return fine(f"{service.name} says “{heard[0]}” for “good morning”")


# A character of each script that charts may have to draw.
_SCRIPTS = {
    **{"Latin": "é", "Cyrillic": "Я", "Greek": "Ω", "Chinese": "陈", "Japanese": "あ", "Korean": "한"},
    **{"Thai": "ไ", "Arabic": "ع", "Hebrew": "ש", "Devanagari": "ह"},
}


def look_at_fonts() -> Iterator[Finding]:
    """Whether the packaged fonts have a glyph for each script of our markets, as matplotlib reads them."""
    from importlib.util import find_spec

    from matplotlib.ft2font import FT2Font

    glyphs: set[str] = set()
    for package in ("matplotlib", "manimgx_fonts", "noto_cjk_sans_otc"):
        found = find_spec(package)
        if found is None or not found.submodule_search_locations:
            yield broken(f"the package {package} is not installed", "run: make install")
            continue
        for file in sorted(Path(found.submodule_search_locations[0]).rglob("*.[to]t[fc]")):
            glyphs |= {script for script, sample in _SCRIPTS.items() if FT2Font(file).get_char_index(ord(sample))}
    if missing := sorted(set(_SCRIPTS) - glyphs):
        yield broken(f"no font draws {', '.join(missing)}", "reinstall what requirements.lock names: make install")
    else:
        yield fine(f"fonts for {len(_SCRIPTS)} scripts, Chinese, Thai and Arabic among them")


# ── generated documents ──────────────────────────────────────────────────────────────────────────────────────────


def write_docs(root: Path) -> list[Path]:
    """Write the generated documents below `root` anew; the paths of those that changed."""
    changed = []
    for path, text in documents(root).items():
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")
            changed.append(path)
    return changed


def documents(root: Path) -> dict[Path, str]:
    """Path and full text of each generated document: the JSON Schema, and the tables in docs/configuration.md."""
    page = root / "docs" / "configuration.md"
    text = page.read_text("utf-8")
    text = _between(text, "reference", reference())
    text = _between(text, "settings", settings_table())
    schema = json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"
    return {root / "docs" / "livedesk.schema.json": schema, page: text}


def _between(text: str, name: str, generated: str) -> str:
    """The text with what stands between the markers of `name` replaced."""
    begin, end = f"<!-- {name}: written by `bot.py doctor --write-docs` -->", f"<!-- end of {name} -->"
    before, found, rest = text.partition(begin)
    _, closed, after = rest.partition(end)
    if not (found and closed):
        raise ValueError(f"docs/configuration.md lacks the markers of {name}: {begin} … {end}")
    return f"{before}{begin}\n\n{generated}\n\n{end}{after}"
