"""The benchmarks by name: ``python -m bench`` lists them, ``python -m bench planted`` runs one; without a name it is ``engine``."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

HERE = Path(__file__).parent

BENCHMARKS = {
    "engine": ("engine", "building and asking, as ratios against the peers in the same run, answers checked"),
    "press": ("press", "a press of any size with the truth about it, for measuring"),
    "coverage": (
        "statistics/coverage.py",
        "how often intervals hold the true rate, over a grid of bursty texts",
    ),
    "changes": ("statistics/changes.py", "false alarms and power of changes between two spans"),
    "reversals": ("statistics/reversals.py", "false and true reversals of order"),
    "crossed": ("statistics/crossed.py", "intervals where titles and days cross"),
    "documents": ("statistics/documents.py", "intervals of shares of documents"),
    "relative": ("statistics/relative.py", "intervals of hits against another query's"),
    "trend": ("statistics/trend.py", "false alarms and power of trends, beside other tests and an oracle"),
    "turning": (
        "statistics/turning.py",
        "false alarms, power and date ranges of turning points",
    ),
    "turing": (
        "statistics/turing.py",
        "turning points against people's judgement, on the Turing Change Point Dataset",
    ),
    "flips": ("statistics/flips.py", "false and true changes of places"),
    "forecast": ("statistics/forecast.py", "what forecasts of the State of the Union are worth"),
    "events": ("statistics/events.py", "false alarms beside events and outside series"),
    "discovery": (
        "statistics/discovery.py",
        "planted risers found among 50,000 words, and false discoveries",
    ),
    "company": (
        "statistics/company.py",
        "intervals of the company a word keeps, and what is said to come and go where nothing does",
    ),
    "keyness": (
        "statistics/keyness.py",
        "false alarms and power of words that set documents apart, beside other tests and an oracle",
    ),
    "judged": ("statistics/judged.py", "what precision and corrected rates of judged samples are worth"),
    "decompose": ("statistics/decompose.py", "parts of a change: planted mixes, coverage"),
    "shift": ("statistics/shift.py", "false alarms and power of meaning shift"),
    "semeval": ("statistics/semeval.py", "meaning shift against people's judgement, English and German"),
    "positions": ("statistics/positions.py", "positions on bursty documents with topics and a drift"),
    "lead": ("statistics/lead.py", "leads found and false leads"),
    "silence": ("statistics/silence.py", "silences falsely claimed"),
    "planted": ("planted", "planted truths found, baits not claimed, over many seeds"),
    "durability": (
        "durability.py",
        "an index against kills, failing files and flipped bytes, hundreds of times",
    ),
    "bounds": ("bounds.py", "time and peak memory of very many hits, a document of 250 MB, a million files"),
    "hits": ("hits_equal_twin.py", "hits of random queries against a plain scan, on whole corpora"),
    "sentences": ("sentence_ends.py", "sentence ends drawn at random, to be read by eye"),
}


def main() -> None:
    """Run the benchmark named first; its own options follow."""
    name = sys.argv[1] if len(sys.argv) > 1 else "engine"
    if name not in BENCHMARKS:
        for known, (_, meaning) in BENCHMARKS.items():
            print(f"python -m bench {known:<10} {meaning}")
        sys.exit(0 if name in {"-h", "--help", "list"} else 2)
    path = HERE / BENCHMARKS[name][0]
    sys.argv = [str(path), *sys.argv[2:]]
    runpy.run_path(str(path), run_name="__main__")


if __name__ == "__main__":
    main()
