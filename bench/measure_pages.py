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
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from processes import Failure
from workloads_and_servers import HERE, MODULES, PINNED

ROOT = HERE.parent
WHOLE, SAVED = "the guide, every request sent", "one page of the guide after a save"
REDOC = f"Redoc by @redocly/cli {PINNED['@redocly/cli']}"
CONTRACT = "api/docs/v3/openapi.yaml"
SWAGGER = "api/docs/v3/index.html"
PAGE = "content/guidance/understanding-declarations.md"
"""The page with the most requests: none takes longer."""
REFERENCE = "reference/partnerships/createPartnership/index.html"
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
        builds: dict[str, list[Build]] = {WHOLE: [], SAVED: [], REDOC: []}
        for number in range(1, rounds + 1):
            with step(f"Round {number} of {rounds}: the guide, built whole"):
                shutil.rmtree(site, ignore_errors=True)
                builds[WHOLE].append(_ours("-m", "lp_guide", "build", "--out", str(site)))
            with step(f"Round {number} of {rounds}: one page of it"):
                builds[SAVED].append(_one_page(out))
            with step(f"Round {number} of {rounds}: Redoc"):
                redocly = str(MODULES / ".bin" / "redocly")
                builds[REDOC].append(_run([redocly, "build-docs", str(site / CONTRACT), "-o", str(redoc)]))
        return [*_built(builds), *_shown(site, redoc)]


def _ours(*words: str) -> Build:
    return _run([sys.executable, *words])


def _one_page(out: Path) -> Build:
    copy, made = out / "copy", out / "made"
    for folder in (copy, made):
        shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(ROOT / "site", copy)
    made.mkdir()
    build = _ours("-c", _ONE_PAGE, str(copy), str(made), PAGE)
    return Build(median(map(float, build.said.split())), build.memory, "")


def _run(argv: Sequence[str]) -> Build:
    """Run a program to its end, and weigh it."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "REDOCLY_TELEMETRY": "off", "NO_UPDATE_NOTIFIER": "1"}
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
    return Build(seconds, used.ru_maxrss / 1024, said)


def _built(builds: Mapping[str, Sequence[Build]]) -> Iterator[Mapping[str, Any]]:
    for name, runs in builds.items():
        seconds, memory = median(run.seconds for run in runs), max(run.memory for run in runs)
        yield {"site": name, "seconds": round(seconds, 2), "memory": round(memory)}


def _shown(site: Path, redoc: Path) -> Iterator[Mapping[str, Any]]:
    """Weigh what a reader is sent for the reference of one operation; the others send all operations at once."""
    sent = {
        "a page of guidance": _sent(site, site / "guidance/understanding-declarations/index.html"),
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
    """Show the results as two tables."""
    built = [(each["site"], f"{each['seconds']:.2f}", str(each["memory"])) for each in results if "seconds" in each]
    shown = [
        (each["site"], f"{each['bytes'] / 1000:,.0f}", f"{each['words']:,}") for each in results if "bytes" in each
    ]
    return "\n".join(
        (
            table(("", "seconds", "memory, MiB"), built),
            table(("", "sent, kB", "words without JavaScript"), shown),
        )
    )


def table(names: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    ruled = [names, ["---", *["---:"] * (len(names) - 1)], *rows]
    return "".join(f"| {' | '.join(row)} |\n" for row in ruled)
