"""Files that must be refused: each with the line and field to be named, a word of the reason, and whether an editor
can see it by the JSON Schema alone (it follows no names and compares no instants)."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import dedent


@dataclass(frozen=True)
class BadFile:
    name: str
    text: str
    line: int
    field: str
    reason: str
    seen_by_schema: bool


def _bad(name: str, text: str, line: int, field: str, reason: str, *, schema: bool) -> BadFile:
    return BadFile(name, dedent(text).lstrip("\n"), line, field, reason, schema)


def _layer(name: str, lines: str, line: int, field: str, reason: str, *, schema: bool) -> BadFile:
    """A fault inside the one layer of a schedule; its first own line is line 6."""
    head = "people: {ana: {}, ben: {}}\nschedules:\n  emea:\n    timezone: Europe/Berlin\n    layers:\n"
    body = "".join(f"      {each}\n" for each in dedent(lines).strip().splitlines())
    return BadFile(name, head + body, line, f"schedules.emea.layers[0]{field}", reason, schema)


def _schedule(name: str, lines: str, line: int, field: str, reason: str, *, schema: bool) -> BadFile:
    """A fault beside the layers of a schedule; its first own line is line 5."""
    head = "people: {ana: {}, ben: {}}\nschedules:\n  emea:\n    timezone: Europe/Berlin\n"
    body = "".join(f"    {each}\n" for each in dedent(lines).strip().splitlines())
    return BadFile(name, head + body, line, f"schedules.emea.{field}", reason, schema)


_FIELDS = [
    _bad("a section misspelt", "people: {}\nschedule: {}\n", 2, "schedule", "did you mean schedules?", schema=True),
    _bad("a field misspelt", "people:\n  ana:\n    timzone: UTC\n", 3, "people.ana.timzone", "timezone?", schema=True),
    _bad("a section that is a list", "people:\n  - ana\n", 2, "people", "not a list", schema=True),
    _bad("a record that is a word", "people:\n  ana: Berlin\n", 2, "people.ana", "'Berlin'", schema=True),
    _bad("a file that is a list", "- people\n", 1, "file", "sections", schema=True),
    _bad("a field given twice", "people:\n  ana: {}\n  ben: {}\n  ana: {}\n", 4, "people.ana", "line 2", schema=False),
    _bad("a forgotten value", "people:\n  ana:\n    timezone:\n", 3, "people.ana.timezone", "forgotten", schema=True),
    _bad(
        "a key with a line break", 'people:\n  "a\\nb": {}\n', 2, 'people."a\\nb"', "cannot be a name", schema=True
    ),
    _bad("an unknown zone", "people:\n  ana: {timezone: Europe/Berln}\n", 2, "people.ana.timezone",
         "did you mean Europe/Berlin?", schema=False),
    _bad("a zone that is a path", "people:\n  ana: {timezone: ../../etc/passwd}\n", 2, "people.ana.timezone",
         "no time zone", schema=True),
    _bad("a country in small letters", "people:\n  ana: {country: de}\n", 2, "people.ana.country", "did you mean DE?",
         schema=True),
    _bad("a Slack name for an id", 'people:\n  ana: {contacts: {slack: "@ana"}}\n', 2, "people.ana.contacts.slack",
         "U0ANAWEBER", schema=True),
    _bad("a platform misspelt", "people:\n  ana: {contacts: {slak: U0ANA}}\n", 2, "people.ana.contacts.slak",
         "did you mean slack?", schema=False),
    _bad("an e-mail without a host", "people:\n  ana: {contacts: {email: ana}}\n", 2, "people.ana.contacts.email",
         "ana@example.com", schema=True),
    _bad("a language by its name", "people:\n  ana: {languages: [german]}\n", 2, "people.ana.languages[0]",
         "language code", schema=True),
    _bad("a word where a list belongs", "people:\n  ana: {languages: de}\n", 2, "people.ana.languages", "[de]",
         schema=True),
    _bad("a language twice", "people:\n  ana: {languages: [de, en, de]}\n", 2, "people.ana.languages[2]", "twice",
         schema=True),
    _bad("a team without a zone", "teams:\n  emea:\n    name: EMEA\n", 3, "teams.emea.timezone", "is missing",
         schema=True),
    _bad("a team of a stranger", "people: {ana: {}}\nteams:\n  emea: {timezone: UTC, members: [anna]}\n", 3,
         "teams.emea.members[0]", "did you mean ana?", schema=False),
    _bad("a team of an unknown market", "markets: {us: {}}\nteams:\n  e: {timezone: UTC, markets: [eu]}\n", 3,
         "teams.e.markets[0]", "no market 'eu'", schema=False),
    _bad("a channel's name for its id", 'teams:\n  e: {timezone: UTC, channels: ["slack:#live"]}\n', 2,
         "teams.e.channels[0]", "C0EMEAOPS1", schema=False),
    _bad("a channel without its platform", "admin_channel: C0ADMIN001\n", 1, "admin_channel", "platform:id",
         schema=True),
    _bad("an unknown locale", "teams:\n  e: {timezone: UTC, locale: de}\n", 2, "teams.e.locale", "en, zh_CN",
         schema=True),
    _bad("a digest at half past", "teams:\n  e: {timezone: UTC, digest_at: half nine}\n", 2, "teams.e.digest_at",
         "time of day", schema=True),
    _bad("a recording that is no address", "shows:\n  s: {recording: 'javascript:alert(1)'}\n", 2, "shows.s.recording",
         "web address", schema=True),
    _bad("another word in braces", "shows:\n  s: {recording: 'https://v.example/{minutes}'}\n", 2, "shows.s.recording",
         "{seconds}", schema=False),
    _bad("a currency by its sign", "markets:\n  eu: {currency: €}\n", 2, "markets.eu.currency", "EUR", schema=True),
    _bad("a sensitivity of nothing", "markets:\n  eu: {sensitivity: 0}\n", 2, "markets.eu.sensitivity", "above 0",
         schema=True),
    _bad("a quoted number", 'markets:\n  eu: {sensitivity: "2"}\n', 2, "markets.eu.sensitivity", "without quotes",
         schema=True),
]  # fmt: skip

_SHOWS_AND_SOURCES = [
    _bad("a naive start of a show", "shows:\n  s:\n    starts_at: 2026-03-06T12:00:00\n", 3, "shows.s.starts_at",
         "offset", schema=True),
    _bad("a show that ends first", "shows:\n  s:\n    starts_at: 2026-03-06T12:00:00Z\n"
         "    ends_at: 2026-03-06T12:30:00+01:00\n", 4, "shows.s.ends_at", "not after", schema=False),
    _bad("a segment that ends first", 'shows:\n  s:\n    run_of_show:\n'
         '      - {start: "5:00", end: "4:59", title: A}\n', 4,
         "shows.s.run_of_show[0].end", "not after", schema=False),
    _bad("segments that overlap", 'shows:\n  s:\n    run_of_show:\n      - {start: 0, end: 5, title: A}\n'
         '      - {start: "4:30", end: 6, title: B}\n', 5, "shows.s.run_of_show[1]", "line 4", schema=False),
    _bad("a segment after the show", "shows:\n  s:\n    starts_at: 2026-03-06T12:00:00Z\n"
         "    ends_at: 2026-03-06T12:40:00Z\n    run_of_show:\n      - {start: 38, end: 41, title: A}\n", 6,
         "shows.s.run_of_show[0]", "after the show", schema=False),
    _bad("a segment at an odd time", "shows:\n  s:\n    run_of_show:\n      - {start: 1:75, end: 9, title: A}\n", 4,
         "shows.s.run_of_show[0].start", "12:30", schema=True),
    _bad("a segment without a title", "shows:\n  s:\n    run_of_show:\n      - start: 1\n        end: 9\n", 4,
         "shows.s.run_of_show[0].title", "is missing", schema=True),
    _bad("a source of an unknown show", "shows: {a: {}}\nsources:\n  x: {show: b}\n", 3, "sources.x.show",
         "no show 'b'", schema=False),
    _bad("a resolution without a unit", "sources:\n  x: {resolution: 60}\n", 2, "sources.x.resolution", "which unit?",
         schema=True),
    _bad("a rate of nothing", "sources:\n  x: {per_second: 0}\n", 2, "sources.x.per_second", "between 1", schema=True),
]  # fmt: skip

_PAGING = [
    _bad("a policy without steps", "policies:\n  p: {steps: []}\n", 2, "policies.p.steps", "at least one", schema=True),
    _bad("a step that tells nobody", "policies:\n  p:\n    steps:\n      - {notify: []}\n", 4,
         "policies.p.steps[0].notify", "nobody", schema=True),
    _bad("a target that is two", "people: {a: {}}\nschedules: {}\npolicies:\n  p:\n    steps:\n"
         '      - notify: [{person: a, channel: "x:y"}]\n', 6, "policies.p.steps[0].notify[0]", "exactly one",
         schema=True),
    _bad("a target that is unknown", "schedules: {emea: {timezone: UTC}}\npolicies:\n  p:\n    steps:\n"
         "      - notify: [{schedule: emae}]\n", 5, "policies.p.steps[0].notify[0].schedule", "did you mean emea?",
         schema=False),
    _bad("a policy that ends in nobody", "schedules: {emea: {timezone: UTC}}\npolicies:\n  p:\n    steps:\n"
         "      - notify: [{schedule: emea}]\n", 3, "policies.p", "ends in nobody: there is nobody in emea",
         schema=False),
    _bad("a wait without a unit", "people: {a: {}}\npolicies:\n  p:\n    steps:\n"
         "      - {notify: [{person: a}], wait: 5}\n", 5, "policies.p.steps[0].wait", "5m", schema=True),
    _bad("a wait into the past", "people: {a: {}}\npolicies:\n  p:\n    steps:\n"
         "      - {notify: [{person: a}], wait: -5m}\n", 5, "policies.p.steps[0].wait", "5m", schema=True),
    _bad("a group that is unknown", "groups: {leads: {user_group: 'slack:S0LEADS001'}}\npolicies:\n  p:\n    steps:\n"
         "      - notify: [{group: leades}]\n", 5, "policies.p.steps[0].notify[0].group", "did you mean leads?",
         schema=False),
    _bad("a group of nobody", "groups:\n  leads: {}\n", 2, "groups.leads", "names nobody", schema=True),
    _bad("a group that is a channel", "groups:\n  leads: {user_group: 'slack:C0LEADS001'}\n", 2,
         "groups.leads.user_group", "is not the id of a Slack user group", schema=False),
    _bad("whoever is next on no schedule", "policies:\n  p:\n    steps:\n      - notify: [{next: emea}]\n", 4,
         "policies.p.steps[0].notify[0].next", "there is no schedule", schema=False),
    _bad("a step's hours that no clock shows", "people: {a: {}}\npolicies:\n  p:\n    steps:\n"
         "      - {notify: [{person: a}], only: {from: '25:00', to: '22:00'}}\n", 5, "policies.p.steps[0].only.from",
         "25:00", schema=True),
    _bad("a step that does something else", "people: {a: {}}\npolicies:\n  p:\n    steps:\n"
         "      - {notify: [{person: a}], only: {from: '08:00', to: '22:00'}, else: wake}\n", 5,
         "policies.p.steps[0].else", "hold", schema=True),
    _bad("a preference for the tall", "people: {a: {}}\npolicies:\n  p:\n    steps:\n"
         "      - {notify: [{person: a}], prefer: [tall]}\n", 5, "policies.p.steps[0].prefer[0]", "awake", schema=True),
    _bad("an urgency of P1", "people: {a: {}}\npolicies:\n  p:\n    steps: [{notify: [{person: a}]}]\n"
         "    urgency: {P1: low}\n", 5, "policies.p.urgency.P1", "no such field", schema=True),
    _bad("an acknowledgement of a minute", "people: {a: {}}\npolicies:\n  p:\n    steps: [{notify: [{person: a}]}]\n"
         "    acknowledgement_expires: 1m\n", 5, "policies.p.acknowledgement_expires", "between 5m and", schema=False),
    _bad("a rule's hours without an end",
         "teams: {e: {timezone: UTC}}\nrouting:\n  - {hours: {from: '08:00'}, team: e}\n", 3,
         "routing[0].hours.to", "is missing", schema=True),
    _bad("a rule's hours nowhere", "teams: {e: {timezone: UTC}}\nrouting:\n"
         "  - {hours: {from: '08:00', to: '22:00', timezone: Mars/Base}, team: e}\n", 3, "routing[0].hours.timezone",
         "Mars/Base", schema=False),
    _bad("a shift followed by nothing known",
         "schedules:\n  s:\n    timezone: UTC\n    follow: {group: 'slack:S0ONCALL01'}\n", 4,
         "schedules.s.follow.group", "no such field", schema=True),
    _bad("a repeat without end", "people: {a: {}}\npolicies:\n  p:\n    steps: [{notify: [{person: a}]}]\n"
         "    repeat: 99\n", 5, "policies.p.repeat", "between 0 and 9", schema=True),
    _bad("a rule that leads nowhere", "markets: {us: {}}\nrouting:\n  - {markets: [us]}\n", 3, "routing[0]",
         "leads nowhere", schema=True),
    _bad("a condition left empty", "teams: {e: {timezone: UTC}}\nrouting:\n  - markets:\n    team: e\n", 3,
         "routing[0].markets", "forgotten", schema=True),
    _bad("a condition that matches nothing", "teams: {e: {timezone: UTC}}\nrouting:\n  - {markets: [], team: e}\n", 3,
         "routing[0].markets", "matches nothing", schema=True),
    _bad("an unknown category", "teams: {e: {timezone: UTC}}\nrouting:\n  - {categories: [shipping], team: e}\n", 3,
         "routing[0].categories[0]", "delivery", schema=True),
    _bad("an unknown severity", "teams: {e: {timezone: UTC}}\nrouting:\n  - {severities: [p1], team: e}\n", 3,
         "routing[0].severities[0]", "did you mean P1?", schema=True),
    _bad("an urgency below importance", "markets:\n  us:\n    severity:\n      P1: {excess: 5}\n", 4,
         "markets.us.severity.P1", "excess of P1 is 5, below the 8 of P2", schema=False),
    _bad("a threshold of nothing", "markets:\n  us:\n    severity:\n      P2: {viewers: 0}\n", 4,
         "markets.us.severity.P2.viewers", "between 1 and", schema=True),
    _bad("an answer without its language", "answers:\n  - {text: We are on it.}\n", 2, "answers[0].language",
         "is missing", schema=True),
    _bad("an answer for an unknown market", "answers:\n  - {markets: [us], language: en, text: Hi.}\n", 2,
         "answers[0].markets[0]", "no market 'us'", schema=False),
    _bad("an answer that is empty", "answers:\n  - {language: en, text: ''}\n", 2, "answers[0].text",
         "1 to 500 characters", schema=True),
    _bad("a rule to an unknown team", "routing:\n  - team: emea\n", 2, "routing[0].team", "no team 'emea'",
         schema=False),
    _bad("a rule to an unknown policy", "teams: {e: {timezone: UTC}}\nrouting:\n  - {team: e, policy: p}\n", 3,
         "routing[0].policy", "no policy 'p'", schema=False),
]  # fmt: skip

_ROTATION = "rotation: {type: daily, start: 2026-01-05, members: [ana]}"

_SCHEDULES = [
    _layer("no members", "- rotation: {type: daily, start: 2026-01-05, members: []}", 6, ".rotation.members",
           "at least one member", schema=True),
    _layer("members left out", "- rotation:\n    type: daily\n    start: 2026-01-05", 7, ".rotation.members",
           "is missing", schema=True),
    _layer("a member who is unknown", "- rotation:\n    type: daily\n    start: 2026-01-05\n    members: [ana, bob]",
           9, ".rotation.members[1]", "no person 'bob'", schema=False),
    _layer("every nothing", "- rotation:\n    type: daily\n    every: 0\n    start: 2026-01-05\n    members: [ana]", 8,
           ".rotation.every", "between 1", schema=True),
    _layer("every minus one", "- rotation: {type: daily, every: -1, start: 2026-01-05, members: [ana]}", 6,
           ".rotation.every", "between 1", schema=True),
    _layer("every half", "- rotation: {type: daily, every: 0.5, start: 2026-01-05, members: [ana]}", 6,
           ".rotation.every", "whole number", schema=True),
    _layer("lengths of nothing", "- rotation: {type: custom, lengths: [2, 0], start: 2026-01-05, members: [ana]}", 6,
           ".rotation.lengths[1]", "between 1", schema=True),
    _layer("no lengths at all", "- rotation: {type: custom, start: 2026-01-05, members: [ana]}", 6,
           ".rotation.type", "needs `lengths`", schema=False),
    _layer("an unknown type", "- rotation: {type: monthly, start: 2026-01-05, members: [ana]}", 6, ".rotation.type",
           "daily, weekly, hourly, custom", schema=True),
    _layer("a weekday in full", "- rotation: {type: weekly, weekday: Monday, start: 2026-01-05, members: [ana]}", 6,
           ".rotation.weekday", "did you mean mon?", schema=True),
    _layer("a hand-off at no time", '- rotation: {type: daily, hand_off: "25:00", start: 2026-01-05, members: [ana]}',
           6, ".rotation.hand_off", "'25:00' is not a time of day", schema=True),
    _layer("a start that the calendar lacks", "- rotation: {type: daily, start: 2026-02-30, members: [ana]}", 6,
           ".rotation.start", "no 2026-02-30", schema=False),
    _layer("a start with a time", "- rotation: {type: daily, start: 2026-01-05T09:00:00, members: [ana]}", 6,
           ".rotation.start", "without a time", schema=True),
    _layer("a start that nobody says", "- rotation: {type: daily, members: [ana]}", 6, ".rotation", "needs a `start`",
           schema=False),
    _layer("an end before the start", f"- start: 2026-02-01\n  end: 2026-02-01\n  {_ROTATION}", 7, ".end", "not after",
           schema=False),
    _layer("an end without end", f"- end: 9999-12-31\n  {_ROTATION}", 6, ".end", "leave the field out", schema=False),
    _layer("a zone of the layer", f"- timezone: Mars/Olympus\n  {_ROTATION}", 6, ".timezone", "no time zone",
           schema=False),
    _layer("a window without an end", f'- {_ROTATION}\n  restrictions: [{{from: "09:00"}}]', 7, ".restrictions[0].to",
           "is missing", schema=True),
    _layer("a window that starts at 24:00", f'- {_ROTATION}\n  restrictions: [{{from: "24:00", to: "09:00"}}]', 7,
           ".restrictions[0].from", "time of day", schema=True),
    _layer("a window on no day", f'- {_ROTATION}\n  restrictions: [{{days: [], from: "09:00", to: "17:00"}}]', 7,
           ".restrictions[0].days", "names no day", schema=True),
    _layer("days as a range", f'- {_ROTATION}\n  restrictions:\n  - {{days: [mon-fri], from: "09:00", to: "17:00"}}',
           8, ".restrictions[0].days[0]", "mon, tue", schema=True),
    _schedule("people at a time: none", "people: 0", 5, "people", "between 1", schema=True),
    _schedule("holidays on a whim", "holidays: maybe", 5, "holidays", "true nor false", schema=True),
    _schedule("a naive override",
              'overrides:\n  - {person: ana, start: "2026-03-29T07:00:00", end: "2026-03-29T15:00:00Z"}',
              6, "overrides[0].start", "has no zone", schema=True),
    _schedule("a naive leave", "leave:\n  - {person: ana, start: 2026-03-29, end: 2026-03-30T00:00:00Z}", 6,
              "leave[0].start", "has no zone", schema=True),
    _schedule("an override of a stranger",
              "overrides:\n  - {person: bob, start: 2026-03-29T07:00:00Z, end: 2026-03-29T15:00:00Z}", 6,
              "overrides[0].person", "no person 'bob'", schema=False),
    _schedule("an override of who knows whom",
              "overrides:\n  - {start: 2026-03-29T07:00:00Z, end: 2026-03-29T15:00:00Z}",
              6, "overrides[0].person", "null is nobody, on purpose", schema=True),
    _schedule("an override that ends first",
              "overrides:\n  - {person: ana, start: 2026-03-29T07:00:00Z, end: 2026-03-29T08:00:00+02:00}", 6,
              "overrides[0].end", "not after", schema=False),
    _schedule("overrides that overlap",
              "overrides:\n"
              "  - {person: ana, start: 2026-03-29T07:00:00Z, end: 2026-03-29T15:00:00Z}\n"
              "  - {person: ben, start: 2026-03-29T14:59:59Z, end: 2026-03-29T16:00:00Z}", 7,
              "overrides[1]", "line 6", schema=False),
    _bad("a schedule without a zone", "people: {a: {}}\nschedules:\n  s:\n    layers:\n"
         "      - rotation: {type: daily, start: 2026-01-05, members: [a]}\n", 4, "schedules.s.timezone", "is missing",
         schema=False),
]  # fmt: skip

_WORDS = [
    _bad("words in a language that is not read", "vocabulary:\n  nl: {praise: mooi}\n", 2, "vocabulary.nl",
         "not a language that comments are read in", schema=True),
    _bad("words without their language", "vocabulary:\n  - glow gang\n", 2, "vocabulary", "languages", schema=True),
    _bad("a list that is misspelt", "vocabulary:\n  en:\n    prase: nice\n", 3, "vocabulary.en.prase",
         "did you mean praise?", schema=True),
    _bad("a category that is unknown", "vocabulary:\n  en: {complaint: {taste: {says: bland}}}\n", 2,
         "vocabulary.en.complaint.taste", "quality", schema=True),
    _bad("a part that is unknown", "vocabulary:\n  en: {complaint: {quality: {shouts: bland}}}\n", 2,
         "vocabulary.en.complaint.quality.shouts", "no such field", schema=True),
    _bad("a phrase left open", "markets:\n  us:\n    vocabulary:\n      en:\n        ask: nice, how (much\n", 5,
         "markets.us.vocabulary.en.ask", "'how (much' has a parenthesis that is never closed", schema=False),
    _bad("a phrase left open in a list", "vocabulary:\n  en:\n    ask:\n      - how much\n      - how (many\n", 5,
         "vocabulary.en.ask[1]", "'how (many'", schema=False),
    _bad("a phrase that may be nothing", "vocabulary:\n  en: {ask: (how|)}\n", 2, "vocabulary.en.ask",
         "'(how|)' can be empty", schema=False),
    _bad("a phrase of signs alone", 'vocabulary:\n  any: {ask: "?!"}\n', 2, "vocabulary.any.ask", "names no word",
         schema=False),
    _bad("a phrase of any number", 'vocabulary:\n  any: {order: "#"}\n', 2, "vocabulary.any.order", "names no word",
         schema=False),
    _bad("a phrase with many gaps", "vocabulary:\n  en: {ask: a ~ b ~ c ~ d ~ e}\n", 2, "vocabulary.en.ask",
         "more than 3 gaps", schema=False),
    _bad("a phrase without end", f"vocabulary:\n  en: {{ask: {'how ' * 300}}}\n", 2, "vocabulary.en.ask",
         "longer than 1000", schema=False),
    _bad("a nest of parentheses", f"vocabulary:\n  en: {{ask: {'(' * 900}}}\n", 2, "vocabulary.en.ask",
         "more than 9 deep", schema=False),
    _bad("a list of nothing", "vocabulary:\n  en: {ask: []}\n", 2, "vocabulary.en.ask", "names no phrase",
         schema=False),
    _bad("phrases that are a mapping", "vocabulary:\n  en: {ask: {how: much}}\n", 2, "vocabulary.en.ask",
         "not a mapping", schema=True),
    _bad("a weight beyond all", "vocabulary:\n  en: {polarity: {4: great}}\n", 2, "vocabulary.en.polarity.4",
         "from -3 to 3", schema=True),
    _bad("words without their weight", "vocabulary:\n  en: {polarity: great}\n", 2, "vocabulary.en.polarity",
         "weights are wanted", schema=True),
    _bad("a word for a sign", "vocabulary:\n  any: {symbols: {2: 🫠 glow-gang}}\n", 2, "vocabulary.any.symbols.2",
         "'glow-gang' is not one emoji", schema=False),
    _bad("a term without its translation", "glossary:\n  GlowSerum: {}\n", 2, "glossary.GlowSerum", "keep: true",
         schema=True),
    _bad("a term that is neither", "glossary:\n  GlowSerum: {keep: false}\n", 2, "glossary.GlowSerum",
         "leave the term out", schema=False),
    _bad("a term into no language", "glossary:\n  GlowSerum: {chinese: 精华}\n", 2, "glossary.GlowSerum.chinese",
         "language code", schema=True),
    _bad("a term in other capitals", "glossary:\n  GlowSerum: {keep: true}\n  glowserum: {keep: true}\n", 3,
         "glossary.glowserum", "line 2", schema=False),
    _bad("a term of signs", 'glossary:\n  "!!": {keep: true}\n', 2, 'glossary."!!"', "with a letter", schema=False),
    _bad("terms in a list", "glossary: [GlowSerum]\n", 1, "glossary", "terms are wanted", schema=True),
]  # fmt: skip

_YAML = [
    _bad("nothing", "", 1, "file", "empty", schema=False),
    _bad("a comment alone", "# people\n", 1, "file", "empty", schema=False),
    _bad("a tab", "people:\n\tana: {}\n", 2, "file", "indent with spaces", schema=False),
    _bad("a bracket left open", "people:\n  ana: {\n", 3, "file", "cannot be read as YAML", schema=False),
    _bad("two documents", "people: {}\n---\nteams: {}\n", 2, "file", "second document", schema=False),
    _bad("a Python object", "people: !!python/object/apply:os.system [ls]\n", 1, "people", "tag", schema=False),
    _bad("an alias of nothing", "people:\n  ana: *someone\n", 2, "people.ana", "&someone", schema=False),
    _bad("an alias of itself", "people: &p\n  ana: *p\n", 2, "people.ana", "stands inside", schema=False),
    _bad("a NUL", "people:\n  ana: {name: 'A\0'}\n", 2, "file", "U+0000", schema=False),
    _bad("a lone surrogate", "people:\n  ana: {name: '\ud83d'}\n", 2, "file", "U+D83D", schema=False),
    _bad("a list as a key", "people:\n  ? [ana]\n  : {}\n", 2, "people", "a key must be", schema=False),
]

BAD_FILES = (*_FIELDS, *_SHOWS_AND_SOURCES, *_PAGING, *_SCHEDULES, *_WORDS, *_YAML)
