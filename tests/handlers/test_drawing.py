"""The process that draws: pictures arrive, trouble becomes a reason, and nothing is left behind."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import AsyncIterator
from datetime import timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from handlers.drawing import Drawing, DrawingFailed
from tests.analytics.charts.samples import SAMPLES

pytestmark = pytest.mark.asyncio(loop_scope="module")

ROOT = Path(__file__).parents[2]
PNG = b"\x89PNG\r\n\x1a\n"
INCIDENT: dict[str, Any] = SAMPLES["incident"]("en")
PATIENCE = timedelta(seconds=60)  # not what is tested here, and the machine may be busy


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def drawing() -> AsyncIterator[Drawing]:
    made = Drawing(PATIENCE)
    await made.warm()
    yield made
    await made.close()


def workers() -> list[BaseProcess]:
    return [child for child in multiprocessing.active_children() if child.is_alive()]


async def gone(child: BaseProcess) -> bool:
    await asyncio.to_thread(child.join, 20)
    return not child.is_alive()


async def test_it_draws_a_picture(drawing: Drawing) -> None:
    assert (await drawing.png("incident", INCIDENT)).startswith(PNG)


async def test_it_draws_different_figures_differently(drawing: Drawing) -> None:
    louder = {**INCIDENT, "observed": [2 * one for one in INCIDENT["observed"]]}

    assert await drawing.png("incident", INCIDENT) != await drawing.png("incident", louder)


async def test_it_never_loads_matplotlib_into_the_bot() -> None:
    code = "import sys, handlers.drawing; print('matplotlib' in sys.modules)"

    said = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert said.stdout.strip() == "False"


async def test_it_draws_once_for_all_who_want_the_same_picture(drawing: Drawing) -> None:
    reordered = dict(reversed(INCIDENT.items()))

    first, second, third = await asyncio.gather(
        drawing.png("incident", INCIDENT), drawing.png("incident", INCIDENT), drawing.png("incident", reordered)
    )

    assert first is second is third


async def test_it_forgets_the_picture_that_was_wanted_longest_ago() -> None:
    drawing = Drawing(PATIENCE, remembered=1)
    empty = {**INCIDENT, "minutes": [], "observed": []}

    before = await drawing.png("incident", INCIDENT)
    await drawing.png("incident", empty)
    after = await drawing.png("incident", INCIDENT)
    await drawing.close()

    assert before is not after
    assert before == after


async def test_it_goes_on_with_a_new_worker_when_the_old_one_is_killed(drawing: Drawing) -> None:
    await drawing.warm()
    [old] = workers()
    old.kill()
    assert await gone(old)

    picture = await drawing.png("incident", {**INCIDENT, "category": "price"})

    assert picture.startswith(PNG)
    assert old.pid not in [child.pid for child in workers()]


async def test_it_leaves_ctrl_c_to_the_bot(drawing: Drawing) -> None:
    await drawing.warm()
    [worker] = workers()
    assert worker.pid is not None

    os.kill(worker.pid, signal.SIGINT)

    assert (await drawing.png("incident", {**INCIDENT, "category": "host"})).startswith(PNG)
    assert [child.pid for child in workers()] == [worker.pid]


async def test_it_says_which_charts_there_are_when_asked_for_another(drawing: Drawing) -> None:
    with pytest.raises(DrawingFailed, match=r"no chart called 'heatmap'; there are .*incident"):
        await drawing.png("heatmap", {})


async def test_it_says_what_is_wrong_with_the_data(drawing: Drawing) -> None:
    with pytest.raises(DrawingFailed, match=r"KeyError: 'minutes'|KeyError: 'locale'"):
        await drawing.png("incident", {})
    with pytest.raises(DrawingFailed, match="no JSON"):
        await drawing.png("incident", {"minutes": object()})


async def test_it_gives_up_when_the_picture_takes_too_long() -> None:
    drawing = Drawing(timedelta(milliseconds=1))

    with pytest.raises(DrawingFailed, match=r"not drawn within 0\.001 s"):
        await drawing.png("incident", INCIDENT)
    await drawing.close()


async def test_it_leaves_no_process_when_closed() -> None:
    before = {child.pid for child in workers()}
    drawing = Drawing(PATIENCE)
    await drawing.warm()
    [worker] = [child for child in workers() if child.pid not in before]

    await drawing.close()

    assert await gone(worker)
    with pytest.raises(DrawingFailed, match="stopping"):
        await drawing.png("incident", INCIDENT)


def script(folder: Path, body: str) -> Path:
    """A program in a file of its own: a spawned worker reads its parent's main module."""
    path = folder / "program.py"
    path.write_text(
        textwrap.dedent(
            """
            import asyncio, multiprocessing, os, signal, sys, time
            from datetime import timedelta
            from analytics.charts import CHARTS, Chart
            from handlers.drawing import Drawing, DrawingFailed

            def hang(data):
                time.sleep(3600)

            CHARTS["hang"] = Chart(hang, str, str)
            """
        )
        + textwrap.dedent(body)
    )
    return path


def run(path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, path],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=90,
    )


async def test_it_does_not_outlive_a_bot_that_was_killed(tmp_path: Path) -> None:
    """The worker shares the program's stdout: `run` returns only when both have let go of it."""
    program = script(
        tmp_path,
        """
        async def main():
            await Drawing().warm()
            os.kill(os.getpid(), signal.SIGKILL)

        if __name__ == "__main__":
            asyncio.run(main())
        """,
    )

    assert (await asyncio.to_thread(run, program)).returncode == -signal.SIGKILL


@pytest.mark.slow
async def test_it_ends_a_worker_that_hangs_and_draws_on(tmp_path: Path) -> None:
    program = script(
        tmp_path,
        """
        async def main():
            drawing = Drawing(timedelta(seconds=4))
            await drawing.warm()
            [stuck] = multiprocessing.active_children()
            try:
                await drawing.png("hang", {})
            except DrawingFailed as failed:
                print(failed)
            await drawing.warm()
            print(stuck.is_alive())
            await drawing.close()

        if __name__ == "__main__":
            asyncio.run(main())
        """,
    )

    said = await asyncio.to_thread(run, program)

    assert said.stdout.splitlines() == ["chart 'hang' was not drawn within 4 s", "False"], said.stderr
