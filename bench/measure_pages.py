"""Measure how the guide is built and what a reader is sent, beside Redoc and Swagger UI.

All start from the same published contract, in the same run: `python bench/run.py --only site`.
"""

from __future__ import annotations

import gzip
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from html import unescape
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from markdown_tables import LIMITS, NONE, limit, table
from processes import ENVIRONMENT, Failure
from workloads_and_servers import HERE, MODULES, PINNED

ROOT = HERE.parent
COLD, CHANGED, UNCHANGED = (
    "the guide, with nothing cached",
    "the guide, after a page has changed",
    "the guide, when nothing has changed",
)
SAVED = "one page of the guide after a save"
REDOC = f"Redoc by @redocly/cli {PINNED['@redocly/cli']}"
CONTRACT = "api/docs/v3/openapi.yaml"
SWAGGER = "api/docs/v3/index.html"
CACHED = ("spec/*/__pycache__/contract.*", "spec/*/*/__pycache__/contract.*")
"""The contracts that were read before. Templates and answers are cached in the folder of the site."""
MOST_PER_PAGE, LONGEST_UNCHANGED, MOST_MEMORY = 20, 1.0, 250
"""Milliseconds of CPU time for a page of a cold build, seconds when nothing has changed, and MiB."""
PAGE = "content/guidance/schedules-and-milestones.md"
"""A page with many requests."""
REFERENCE = "reference/partnerships/createPartnership/index.html"
_PAGES = re.compile(r"^(\d+) pages in ")
_SILENT = re.compile(rb"<(script|style|template|svg)\b.*?</\1>|<!--.*?-->|<[^>]+>", re.DOTALL)
_LOADED = re.compile(rb"""<(?:script|link|img)\b[^>]*?\s(?:src|href)="(/assets/[^"]+)\"""")
_ONE_PAGE = """
import sys
from pathlib import Path
from lp_guide.watch.rebuilding import Rebuilder
site, out, page = map(Path, sys.argv[1:])
rebuilder = Rebuilder("register", site, out)
rebuilder.rebuild(from_contract=True)
text = (site / page).read_text()
for words in ("Once.", "Twice.", "Thrice.", "Again.", "And again."):
    rebuilder.use_idle_time()
    (site / page).write_text(f"{text}\\n{words}\\n")
    print(rebuilder.rebuild(from_contract=False).seconds)
rebuilder.close()
"""


@dataclass(frozen=True, slots=True)
class Build:
    """What a build took."""

    seconds: float
    cpu: float
    """Seconds of CPU time."""
    memory: float
    """The most that was resident, in MiB."""
    said: str


@dataclass(frozen=True, slots=True)
class Sent:
    """What a reader is sent for a page, compressed, and what of it can be read without JavaScript."""

    size: int
    words: int


def measure(rounds: int, step: Callable[[str], Any]) -> list[Mapping[str, Any]]:
    """Measure everything, and return the results."""
    with TemporaryDirectory() as folder:
        out = Path(folder)
        site, redoc = out / "site", out / "redoc.html"
        builds: dict[str, list[Build]] = {COLD: [], CHANGED: [], UNCHANGED: [], SAVED: [], REDOC: []}
        for number in range(1, rounds + 1):
            with step(f"Round {number} of {rounds}: the guide"):
                sources = _without_caches(out)
                page = sources / PAGE
                shutil.rmtree(site, ignore_errors=True)
                build = ("-m", "lp_guide", "build", "--site", str(sources), "--out", str(site))
                builds[COLD].append(_ours(*build))
                page.write_text(f"{page.read_text()}\nAnd more.\n")
                builds[CHANGED].append(_ours(*build))
                builds[UNCHANGED].append(_ours(*build))
            with step(f"Round {number} of {rounds}: one page of it"):
                builds[SAVED].append(_one_page(out))
            with step(f"Round {number} of {rounds}: Redoc"):
                redocly = str(MODULES / ".bin" / "redocly")
                builds[REDOC].append(_run([redocly, "build-docs", str(site / CONTRACT), "-o", str(redoc)]))
        return [*_built(builds), *_shown(site, redoc)]


def _ours(*words: str) -> Build:
    return _run([sys.executable, *words])


def _without_caches(out: Path) -> Path:
    """Remove what was cached of the contracts, and return a copy of the site's sources without caches."""
    for file in (file for pattern in CACHED for file in ROOT.glob(pattern)):
        file.unlink()
    copy = out / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    return Path(shutil.copytree(ROOT / "site", copy, ignore=shutil.ignore_patterns("__pycache__")))


def _one_page(out: Path) -> Build:
    made = out / "made"
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir()
    build = _ours("-c", _ONE_PAGE, str(_without_caches(out)), str(made), PAGE)
    return replace(build, seconds=median(map(float, build.said.split())))


def _run(argv: Sequence[str]) -> Build:
    """Run a program to its end, and weigh it."""
    environment = {**ENVIRONMENT, "REDOCLY_TELEMETRY": "off", "NO_UPDATE_NOTIFIER": "1"}
    began = time.perf_counter()
    with subprocess.Popen(
        argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
    ) as process:
        said = process.stdout.read() if process.stdout else ""
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise Failure(f"{' '.join(argv[:3])} failed: {said[-2000:]}")
    return Build(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, said)


def _built(builds: Mapping[str, Sequence[Build]]) -> Iterator[Mapping[str, Any]]:
    for name, runs in builds.items():
        middle = {figure: round(median(getattr(run, figure) for run in runs), 2) for figure in ("seconds", "cpu")}
        pages = _PAGES.search(runs[0].said)
        yield {
            "site": name,
            **middle,
            "memory": round(max(run.memory for run in runs)),
            "pages": int(pages[1]) if pages else None,
        }


def _shown(site: Path, redoc: Path) -> Iterator[Mapping[str, Any]]:
    """Weigh what a reader is sent for the reference of one operation; the others send all operations at once."""
    sent = {
        "a page of guidance": _sent(site, site / "guidance/schedules-and-milestones/index.html"),
        "a page of reference, one operation": _sent(site, site / REFERENCE),
        f"{REDOC}, all operations, without the script from its own host": _sent(site, redoc),
        "Swagger UI, all operations": _sent(site, site / SWAGGER, site / CONTRACT),
    }
    for name, each in sent.items():
        yield {"site": name, "bytes": each.size, "words": each.words}


def _sent(site: Path, page: Path, *more: Path) -> Sent:
    data = page.read_bytes()
    assets = [site / match.decode().lstrip("/") for match in dict.fromkeys(_LOADED.findall(data))]
    size = sum(len(gzip.compress(file.read_bytes())) for file in (page, *assets, *more))
    return Sent(size, len(unescape(_SILENT.sub(b" ", data).decode()).split()))


def tables(results: Sequence[Mapping[str, Any]]) -> str:
    """Show the results as three tables."""
    measured = {each["site"]: each for each in results if "seconds" in each}
    built = [
        (name, f"{each['seconds']:.2f}", NONE if name == SAVED else f"{each['cpu']:.2f}", str(each["memory"]))
        for name, each in measured.items()
    ]
    shown = [
        (each["site"], f"{each['bytes'] / 1000:,.0f}", f"{each['words']:,}") for each in results if "bytes" in each
    ]
    return "\n".join(
        (
            table(("", "seconds", "CPU, s", "memory, MiB"), built),
            table(LIMITS, _limits(measured)),
            table(("", "sent, kB", "words without JavaScript"), shown),
        )
    )


def _limits(measured: Mapping[str, Mapping[str, Any]]) -> list[Sequence[str]]:
    cold = measured[COLD]
    return [
        limit(
            "CPU for each page, with nothing cached, ms", round(cold["cpu"] * 1000 / cold["pages"], 1), MOST_PER_PAGE
        ),
        limit("when nothing has changed, s", measured[UNCHANGED]["seconds"], LONGEST_UNCHANGED),
        limit("memory, with nothing cached, MiB", cold["memory"], MOST_MEMORY),
    ]
