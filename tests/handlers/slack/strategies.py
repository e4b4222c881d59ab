"""Any message the desk could hand over, hostile words included, for properties over what platforms draw."""

from __future__ import annotations

from datetime import UTC, date, datetime

from hypothesis import strategies as st

from desk.messages import (
    Action,
    Bullets,
    Buttons,
    ChartRef,
    Command,
    Facts,
    Fill,
    Heading,
    Message,
    Paragraph,
    PersonName,
    Quote,
    Table,
    Text,
    When,
    Words,
)

PEOPLE = ("ana", "ben", "ghost")
PINGS = ["<!channel>", "<!here>", "<@U0EVERYONE>", "<!subteam^S0ALL>", "@everyone", "<https://evil.example|click>"]
HOSTILE = [*PINGS, "*bold*", "`code`", "&lt;!channel&gt;", "\u202eexe.gpj", "\x1b[2J", "\x00", "👩‍🚀" * 40, "價" * 900]

texts = st.one_of(
    st.text(max_size=60),
    st.sampled_from(HOSTILE),
    st.builds(lambda a, n: (a or "&") * n, st.text(max_size=5), st.integers(1, 700)),
)
instants = st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31), timezones=st.just(UTC))
spans = st.one_of(
    st.builds(Text, texts, st.sampled_from(["plain", "strong", "muted", "code"])),
    st.builds(PersonName, st.sampled_from(PEOPLE), st.booleans()),
    st.builds(When, instants, st.sampled_from(["time", "date_time", "date"])),
    st.builds(Command, texts),
)
lines = st.lists(spans, max_size=5).map(tuple)
DAY = date(2026, 3, 6)
quotes = st.builds(Quote, st.just(DAY), st.integers(1, 6), st.sampled_from([None, "en", "zh"]), texts)
rows = st.lists(st.lists(texts, max_size=4).map(tuple), max_size=6).map(tuple)
cells = st.one_of(st.text(max_size=60), st.sampled_from(HOSTILE))
wide = st.builds(lambda cell, n, m: ((cell,) * n,) * m, cells, st.integers(0, 25), st.integers(0, 130))
actions = st.builds(
    Action,
    st.sampled_from(["acknowledge", "resolve"]),
    st.sampled_from(["incident:7", "incident:8"]),
    st.integers(0, 9),
    texts,
    st.sampled_from(["primary", "danger", "plain"]),
    texts,
    st.sampled_from(["", "", "Mute…", "<!channel>"]),
)
narrow = st.one_of(
    st.builds(Paragraph, lines),
    st.builds(Heading, texts),
    st.builds(Facts, st.lists(st.tuples(texts, lines), max_size=13).map(tuple)),
    quotes,
    st.builds(Table, st.lists(texts, max_size=4).map(tuple), rows),
    st.builds(Bullets, st.lists(lines, max_size=8).map(tuple)),
    st.builds(Buttons, st.lists(actions, max_size=30).map(tuple)),
)
parts = st.one_of(narrow, st.builds(Table, st.lists(texts, max_size=4).map(tuple), wide))
many_parts = st.one_of(
    st.lists(parts, max_size=8).map(tuple),
    # Seventy of the widest tables would be millions of characters, and minutes of a test.
    st.builds(lambda part, n: (part,) * n, narrow, st.integers(30, 70)),
)
messages = st.builds(
    Message,
    kind=st.sampled_from(["incident", "page", "history", "digest", "highlights", "board", "notice", "answer"]),
    headline=texts,
    parts=many_parts,
    severity=st.sampled_from([None, "P1", "P2", "P3"]),
    chart=st.one_of(st.none(), st.builds(ChartRef, st.just("complaints"), st.just({}), texts)),
    actions=st.lists(actions, max_size=40).map(tuple),
    footer=lines,
    mentions=st.lists(st.one_of(st.sampled_from(PEOPLE), st.text(max_size=9)), max_size=60).map(tuple),
    locale=st.sampled_from(["en", "en-US", "zh_CN", "de-DE", "tlh", ""]),
    zone=st.sampled_from(["UTC", "Europe/Berlin", "Asia/Shanghai", "America/Los_Angeles", "Nowhere/At_All"]),
)
words = st.builds(
    Words,
    texts,
    st.sampled_from(["de", "zh", "und", "xx", "pt-BR"]),
    st.one_of(st.none(), texts),
    st.sampled_from(["", "LibreTranslate"]),
    texts,
)
fills = st.builds(
    Fill,
    words=st.dictionaries(st.tuples(st.just(DAY), st.integers(1, 6)), words, max_size=6),
    names=st.just({"ana": "Ana Weber", "ben": "Ben <!here> Krüger"}),
    contacts=st.just({"ana": "U0ANAWEBER", "ben": "<!channel>"}),
)
