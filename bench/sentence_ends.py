"""Sentence ends drawn at random from a corpus, with context, to be judged by eye.

    python bench/sentence_ends.py ../shared/data/sotu.jsonl.gz --seed 77 --ends 500
    python bench/sentence_ends.py ../shared/data/stalin-works-ru.jsonl.gz --language ru --seed 101 --long 100

With ``--ends`` each line shows a drawn end as ``¦``; with ``--long`` each line is a sentence of more
than 60 words, with the marks inside it, which end nothing, in ``‹ ›``.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
from pathlib import Path

import numpy as np

from tendency.corpus.tokens import code_points, scan_codes

MARKS = re.compile(r"[.!?…]+[^\w\s]*(?=\s|[—–-])|\n(?=\s*[\"“(]*[A-ZА-Я])")


def main() -> None:
    """Print the sample that the arguments ask for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--language")
    parser.add_argument("--seed", type=int, default=77)
    parser.add_argument("--ends", type=int, default=0)
    parser.add_argument("--long", type=int, default=0)
    asked = parser.parse_args()
    with gzip.open(asked.corpus, "rt", encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line in lines]
    codes = [code_points(text) for text in texts]
    bounds = np.cumsum([0, *map(len, codes)])
    tokens = scan_codes(np.concatenate(codes), bounds, [asked.language] * len(texts))
    ends = np.flatnonzero(tokens.starts == tokens.ends)
    words = np.diff(ends, prepend=-1) - 1
    draw = np.random.default_rng(asked.seed)
    for number, end in enumerate(np.sort(draw.choice(ends, asked.ends, replace=False))):
        document = np.searchsorted(tokens.first, end, "right") - 1
        place = int(tokens.starts[end] - bounds[document])
        text = texts[document]
        print(number, f"{text[max(0, place - 34) : place]}¦{text[place : place + 18]}".replace("\n", "/"))
    for number, chosen in enumerate(
        np.sort(draw.choice(np.flatnonzero(words > 60), asked.long, replace=False))
    ):
        end = ends[chosen]
        document = np.searchsorted(tokens.first, end, "right") - 1
        start, place = (int(tokens.starts[t] - bounds[document]) for t in (end - words[chosen], end))
        sentence = MARKS.sub(lambda found: f"‹{found[0]}›", texts[document][start:place])
        print(number, words[chosen], sentence.replace("\n", "/"))


if __name__ == "__main__":
    main()
