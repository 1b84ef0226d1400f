"""Planted truths over many seeds: found, missed and false, with and without truths.

    python -m bench.planted --seeds 100 --to results.jsonl

Each seed's press is indexed and its dossier answered as ``tendency report`` does, with curves by decade to save time (the
claims of change compare the same two spans whatever the curves show); ``--period year`` has courses, and so trends, turning points and flips. Results are appended to the file, so that a long run can be
made in pieces: what it holds already is not run again.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Any

CHANGE = 0.05
"""The stated chance of any false change in one question."""
FIRST = 0.02
"""The stated chance that one of two equals is said to be named most in a span: either may lead, each with .01."""
_FIRST_PLACE = "named most"


def run(seed: int, truths: bool, scale: float, period: str) -> dict[str, Any]:
    """What became of one press: verdicts by truth, and false claims by question, with curves by a period."""
    from tendency.corpus import add
    from tendency.demo import compare, contradicted
    from tendency.dossier import answer
    from tendency.specimen import Specimen

    began = time.perf_counter()
    specimen = Specimen(seed, scale, truths)
    folder = Path(tempfile.mkdtemp(prefix="planted-"))
    try:
        add(folder / "press.index", specimen.documents())
        dossier = folder / "dossier.toml"
        dossier.write_text(specimen.dossier(corpus="press.index", period=period), encoding="utf-8")
        answers = answer(dossier)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    comparison = compare(specimen, answers)
    false = {
        finding.question: [
            [claim.kind, claim.sentence] for claim in finding.claims if contradicted(specimen, claim)
        ]
        for finding in answers.findings
    }
    return {
        "seed": seed,
        "truths": truths,
        "scale": scale,
        "period": period,
        "verdicts": {outcome.truth.name: outcome.verdict for outcome in comparison.outcomes},
        "false": false,
        "seconds": round(time.perf_counter() - began, 1),
    }


def _changes(claims: list[list[str]]) -> list[list[str]]:
    """Those claims that are of a change, not of a first place."""
    return [claim for claim in claims if claim[0] != _FIRST_PLACE]


def wilson(hits: int, of: int) -> tuple[float, float]:
    """A 95 % interval of a share. Source: Wilson (1927), doi:10.1080/01621459.1927.10502953."""
    if of == 0:
        return 0.0, 1.0
    z = 1.96
    share, room = hits / of, 1 + z * z / of
    middle = (share + z * z / (2 * of)) / room
    half = z / room * (share * (1 - share) / of + z * z / (4 * of * of)) ** 0.5
    return middle - half, middle + half


def share(hits: int, of: int) -> str:
    """A share with its Monte-Carlo interval: ``97 of 100 (91–99 %)``."""
    low, high = wilson(hits, of)
    return f"{hits} of {of} ({100 * low:.0f}–{100 * high:.0f} %)"


def summary(rows: Iterable[dict[str, Any]]) -> str:
    """The table of a run, as Markdown."""
    from tendency.specimen import Specimen

    rows = list(rows)
    planted = [row for row in rows if row["truths"]]
    null = [row for row in rows if not row["truths"]]
    lines = ["| planted | strength | outcome |", "|---|---|---|"]
    for truth in Specimen().truths:
        if not truth.question:
            continue
        good = "rightly not claimed" if truth.strength == "bait" else "found"
        hits = sum(row["verdicts"][truth.name] == good for row in planted)
        lines.append(f"| {truth.name} | {truth.strength} | {good}: {share(hits, len(planted))} |")
    lines += [
        "",
        "| specimens | questions with a false change | specimens with any | one of two equals named most |",
    ]
    lines += ["|---|---|---|---|"]
    for name, own in (("with truths", planted), ("without truths", null)):
        questions = [_changes(claims) for row in own for claims in row["false"].values()]
        any_wrong = sum(any(_changes(claims) for claims in row["false"].values()) for row in own)
        firsts = sum(len(claims) - len(_changes(claims)) for row in own for claims in row["false"].values())
        cells = (
            share(sum(map(bool, questions)), len(questions)),
            share(any_wrong, len(own)),
            share(firsts, 2 * len(own)),
        )
        lines.append(f"| {name} | {' | '.join(cells)} |")
    kinds = Counter(claim[0] for row in rows for claims in row["false"].values() for claim in claims)
    told = ", ".join(f"{kind} {count}" for kind, count in kinds.most_common()) or "none"
    stated = f"Stated: a false change in at most {100 * CHANGE:.0f} % of questions; one of two equals named most in at most "
    lines += ["", f"{stated}{100 * FIRST:.0f} % of spans (two spans a press). False claims by kind: {told}."]
    return "\n".join(lines)


def _job(row: dict[str, Any]) -> tuple[int, bool, float, str]:
    return row["seed"], row["truths"], row["scale"], row.get("period", "decade")


def main() -> None:
    """Run what is missing, then print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument(
        "--period", default="decade", help="what curves are drawn by: year looks for turning points too"
    )
    parser.add_argument("--to", type=Path, default=Path("planted.jsonl"), help="where results are kept")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--minutes", type=float, default=1e9, help="begin no seed after so many minutes")
    options = parser.parse_args()
    rows = [json.loads(line) for line in options.to.read_text().splitlines()] if options.to.exists() else []
    known = {_job(row) for row in rows}
    seeds = range(options.first, options.first + options.seeds)
    wanted = [(seed, truths, options.scale, options.period) for seed in seeds for truths in (True, False)]
    began = time.monotonic()
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(options.workers, mp_context=context) as pool, options.to.open("a") as file:
        left = [job for job in wanted if job not in known]
        while left and time.monotonic() - began < 60 * options.minutes:
            batch, left = left[: 2 * options.workers], left[2 * options.workers :]
            for done in as_completed([pool.submit(run, *job) for job in batch]):
                rows.append(done.result())
                file.write(json.dumps(rows[-1], ensure_ascii=False) + "\n")
                file.flush()
                print(f"\r{len(rows)} of {len(wanted)}", end="", file=sys.stderr)
    print(file=sys.stderr)
    print(summary(row for row in rows if _job(row) in set(wanted)))
