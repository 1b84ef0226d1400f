"""Sums of n-grams equal the moments of the tally of the phrase, in every part of the documents."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from corpus.index_helpers import doc
from tendency.corpus import Index, add, parse
from tendency.corpus.ngrams import count_grams
from tendency.errors import SettingError
from tendency.tally.counting import asked_about, tally
from tendency.tally.gram_moments import GramMoments, Sums
from tendency.tally.placing import Placed

WORDS = ["the", "red", "army", "of", "workers", "and", "peasants.", "War", "on", "war!"]


def press(path: Path, batch: int, papers: int, copies: int = 0) -> Index:
    """Two hundred pieces of some papers on six days, some of them copies of an earlier one."""
    generator = np.random.default_rng(5)
    documents = []
    for number in range(200):
        text = " ".join(generator.choice(WORDS, 12 + number % 7))
        if number < copies:
            text = "War on the red army of workers"
        documents.append(
            doc(f"d{number:03d}", text, 1 + number * 7 % 6, newspaper=f"paper {number % papers}")
        )
    for at in range(0, len(documents), batch):
        add(path, documents[at : at + batch], merge=False)
    return Index.open(path)


def summed(
    index: Index, placed: Placed, part: str, parts: int, budget: int = 1 << 20
) -> tuple[list[str], Sums, GramMoments]:
    """Every frequent n-gram with its sums, as many at a time as the budget allows."""
    grams, reader = count_grams(index, placed.masks(index), least=5, least_documents=3)
    sums = Sums(index, placed, part, parts)  # type: ignore[arg-type]
    rows = np.arange(len(grams) + 1, dtype=np.uint32)
    found = [own for _, own in sums.of(reader, rows, 5, budget=budget)]
    joined = GramMoments(
        *(np.concatenate([getattr(own, name) for own in found]) for name in GramMoments.__annotations__)
    )
    return [grams.text(number) for number in range(1, len(grams) + 1)], sums, joined


@pytest.mark.parametrize("cluster", ["newspaper", "document", "day"])
def test_sums_are_the_moments_of_the_tally(tmp_path: Path, cluster: str) -> None:
    """Hits, words and the sums over clusters are those of the tally; copies of a text are one cluster."""
    index = press(tmp_path / "i", 70, 9, copies=20)
    placed = Placed.of(index, asked_about(index, by="day", cluster=cluster))
    texts, sums, found = summed(index, placed, "all", 2)
    assert len(texts) > 60
    counted = tally(index, {text: parse(text) for text in texts}, by="day", cluster=cluster)
    moments, axis = counted.clusterings[0].moments, sums.axis
    assert axis.words.tolist() == counted.tokens[axis.step, 0].tolist()
    assert axis.squares.tolist() == moments.products[axis.step, 0, 0, 0].tolist()
    assert axis.cubes.tolist() == moments.cubes[axis.step, 0, 0].tolist()
    assert axis.clusters.tolist() == moments.clusters[axis.step, 0].tolist()
    assert found.hits.T.tolist() == counted.hits[axis.step, 0].tolist()
    for row in range(len(texts)):
        assert found.by_words[row].tolist() == moments.products[axis.step, 0, row + 1, 0].tolist()
        assert found.squares[row] == moments.products[:, 0, row + 1, row + 1].sum()


def test_parts_are_disjoint_and_add_up(tmp_path: Path) -> None:
    """What is looked at and what is held out are together all, and evidence is told of both."""
    index = press(tmp_path / "i", 70, 25)
    placed = Placed.of(index, asked_about(index, by="day", cluster="newspaper"))
    assert placed.parted == "clusters"
    _, _, every = summed(index, placed, "all", 1)
    _, _, one = summed(index, placed, "looked at", 2)
    _, _, other = summed(index, placed, "held out", 3)
    assert (one.hits + other.hits).tolist() == every.hits.tolist()
    assert (
        one.clusters.tolist() == every.clusters.tolist() == (one.own_clusters + other.own_clusters).tolist()
    )
    assert one.pieces.tolist() == every.pieces.tolist() == (one.own_pieces + other.own_pieces).tolist()
    assert (int(one.own_clusters.max()), int(other.own_clusters.max())) == (17, 8)


def test_sums_do_not_depend_on_segments_tasks_or_budget(tmp_path: Path) -> None:
    """However documents lie in segments, work is cut into tasks, and few rows are done at a time, sums are the same."""
    results = []
    for name, batch, parts, budget in (("a", 200, 1, 1 << 20), ("b", 23, 3, 1 << 20), ("c", 70, 2, 1 << 12)):
        index = press(tmp_path / name, batch, 25)
        placed = Placed.of(index, asked_about(index, by="day", cluster="newspaper"))
        texts, sums, found = summed(index, placed, "looked at", parts, budget)
        values = [getattr(found, field).tolist() for field in GramMoments.__annotations__]
        results.append([texts, sums.axis.squares.tolist(), *values])
    assert results[0] == results[1] == results[2]


@pytest.mark.parametrize(("papers", "parted"), [(25, "clusters"), (4, "documents")])
def test_what_is_held_out_are_clusters_or_documents(tmp_path: Path, papers: int, parted: str) -> None:
    """Of twenty clusters or more a third is held out, of fewer none: then documents are; a cluster, or a text, stays together."""
    index = press(tmp_path / "i", 70, papers, copies=20)
    placed = Placed.of(index, asked_about(index, by="day", cluster="newspaper"))
    assert placed.parted == parted
    assert 0.2 < placed.held_out.mean() < 0.5
    keys = placed.of_cluster
    if parted == "documents":
        keys = np.array(
            [index.segments[s].digests[d] for s, d in zip(placed.segment, placed.document, strict=True)]
        )
    for key in np.unique(keys):
        assert np.unique(placed.held_out[keys == key]).size == 1


def test_single_documents_alternate(tmp_path: Path) -> None:
    """Where most periods hold one document, every third one in order of time is held out."""
    add(tmp_path / "i", [doc(f"d{day}", "war and peace", day) for day in range(28, 0, -1)])
    index = Index.open(tmp_path / "i")
    placed = Placed.of(index, asked_about(index, by="day"))
    assert placed.parted == "alternate documents"
    order = np.argsort(placed.period)
    assert placed.held_out[order].tolist() == ([False, False, True] * 10)[:28]


def test_crossed_clusters_are_refused(tmp_path: Path) -> None:
    """Evidence is clustered by one field."""
    index = press(tmp_path / "i", 200, 4)
    with pytest.raises(SettingError, match="by one field, not by newspaper and day"):
        Placed.of(index, asked_about(index, by="day", cluster=["newspaper", "day"]))
