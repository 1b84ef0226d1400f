"""Many machines give the bytes that one gives: a Dask scheduler and two workers, each its own process."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest
from index_helpers import doc
from typer.testing import CliRunner

import tendency as td
from tendency.cli.commands import app
from tendency.corpus import Index, add, work
from tendency.errors import WorkerError

distributed = pytest.importorskip("distributed", reason="the extra cluster is not installed")

WORDS = [
    "the",
    "war",
    "of",
    "peace",
    "and",
    "bread.",
    "Land",
    "for",
    "the",
    "danger",
    "of",
    "the",
    "regime,",
    "near",
    "the",
    "army",
    "of",
    "bread!",
]


@pytest.fixture(scope="module")
def press(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ninety documents of three newspapers in six segments."""
    folder = tmp_path_factory.mktemp("cluster") / "press.index"
    for batch in range(6):
        add(
            folder,
            [
                doc(
                    f"d{batch}-{number}",
                    " ".join(WORDS[(number * 7 + batch + i) % len(WORDS)] for i in range(20 + number)),
                    1 + (3 * number + batch) % 28,
                    newspaper=("Star", "Sun", "Moon")[number % 3],
                    faction=("left", "right")[(number + batch) % 2],
                )
                for number in range(15)
            ],
            merge=False,
        )
    return folder


class Machines:
    """A scheduler and its workers, as processes of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.workers = folder, list[subprocess.Popen[bytes]]()
        self.file = folder / "scheduler.json"
        self._started = [self._start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-show", "--no-jupyter",
                                     "--dashboard-address", "127.0.0.1:0", "--scheduler-file", str(self.file))]  # fmt: skip
        self.add_worker()
        self.add_worker()
        client = distributed.Client(scheduler_file=str(self.file), set_as_default=False, timeout=30)
        client.wait_for_workers(2, timeout=30)
        self.address = client.scheduler.address
        client.close()

    def add_worker(self) -> None:
        """One more worker."""
        self.workers.append(
            self._start(
                "worker",
                "--scheduler-file",
                str(self.file),
                "--host",
                "127.0.0.1",
                "--no-nanny",
                "--no-dashboard",
                "--nthreads",
                "1",
                "--local-directory",
                str(self.folder),
            )
        )

    def _start(self, what: str, *options: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "distributed.cli.dask_" + what, *options],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self.folder,
        )

    def stop(self) -> None:
        """The end of every process started here."""
        for process in [*self.workers, *self._started]:
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    """A scheduler with two workers on this machine."""
    found = Machines(tmp_path_factory.mktemp("dask"))
    yield found
    found.stop()


def everything(corpus: td.Corpus, folder: Path) -> dict[str, object]:
    """What every call that asks segments gives, as bytes."""
    folder.mkdir()
    for name, queries in (("all.jsonl", ()), ("all.parquet", ()), ("dfm.csv", ("war", "bread"))):
        corpus.export("dfm" if queries else name.partition(".")[2], folder / name, queries)
    tables = {
        "count": corpus.count(["war", "peace and bread"], by="day", split="faction"),
        "documents": corpus.count("danger near/8 regime", by="document"),
        "rates": corpus.rates("br*", by="week", cluster=["newspaper", "day"]).table,
        "rank": corpus.rank(["war", "bread", "army"], near="the", by="all").table,
        "aims": corpus.aims("war", {"hunger": "bread", "order": "regime | army"}, by="all").table,
        "kwic": corpus.kwic("the * of", limit=7).table,
        "sample": corpus.kwic("bread", limit=7, order="sample", seed=4).table,
        "filtered": corpus.where("newspaper = 'Sun'").count("war :: faction = 'left'"),
    }
    return {
        **{name: table.write_csv() for name, table in tables.items()},
        **{path.name: path.read_bytes() for path in sorted(folder.iterdir())},
        "suggest": corpus.suggest("brea"),
        "info": corpus.info(),
    }


def test_many_machines_give_the_same_bytes(press: Path, machines: Machines, tmp_path: Path) -> None:
    """Every table and file equals that of the threads."""
    here = everything(td.open(press), tmp_path / "here")
    there = everything(td.open(press, executor=machines.address), tmp_path / "there")
    assert here == there


def test_commands_take_the_address(press: Path, machines: Machines, tmp_path: Path) -> None:
    """``--cluster tcp://…`` prints what the command prints without it, beside a field to cluster by too."""
    dossier = tmp_path / "d.toml"
    dossier.write_text(
        f'title = "War"\ncorpus = "{press}"\n[[slogan]]\nname = "War"\nquery = "war"\naims = {{ bread = "bread" }}\n'
    )
    for arguments in (
        ["count", str(press), "war", "--by", "day", "--csv", "--cluster", "newspaper"],
        ["rates", str(press), "war", "--by", "day", "--csv"],
        ["rank", str(press), "war", "bread", "--by", "all", "--csv"],
        ["aims", str(press), "war", "--aim", "b=bread", "--by", "all", "--csv"],
        ["kwic", str(press), "war", "--csv"],
        ["report", str(dossier), "--to", str(tmp_path / "report")],
        ["export", str(press), "--out", str(tmp_path / "e.jsonl")],
    ):
        written = [
            tmp_path / "report" / "answers.json",
            tmp_path / "report" / "report.html",
            tmp_path / "e.jsonl",
        ]
        here = CliRunner().invoke(app, arguments, catch_exceptions=False)
        here_files = [path.read_bytes() for path in written if path.exists()]
        there = CliRunner().invoke(app, [*arguments, "--cluster", machines.address], catch_exceptions=False)
        assert (here.exit_code, here.output) == (there.exit_code, there.output)
        assert here.exit_code == 0
        assert here_files == [path.read_bytes() for path in written if path.exists()]


def test_a_worker_killed_half_way_changes_nothing(
    press: Path, machines: Machines, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker killed while a count runs: its tasks are done by the other one, and the table is the same."""
    corpus = td.open(press, executor=machines.address)
    expected = td.open(press).count(["war", "br*"], by="day", split="faction").write_csv()
    killed = threading.Event()
    submit = type(corpus.index.executor).submit

    def submit_then_kill(self: Executor, fn: Callable[..., object], /, *args: object) -> object:
        future = submit(self, fn, *args)  # type: ignore[arg-type]
        if not killed.is_set():
            killed.set()
            victim = machines.workers.pop(0)
            victim.send_signal(signal.SIGKILL)
            victim.wait()
        return future

    monkeypatch.setattr(type(corpus.index.executor), "submit", submit_then_kill)
    assert corpus.count(["war", "br*"], by="day", split="faction").write_csv() == expected
    assert killed.is_set()
    machines.add_worker()


def test_a_spawned_pool_gives_the_same_bytes(press: Path, tmp_path: Path) -> None:
    """A pool of spawned processes gives what threads give."""
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        there = everything(td.open(press, executor=pool), tmp_path / "there")
    assert there == everything(td.open(press), tmp_path / "here")


def test_no_scheduler(monkeypatch: pytest.MonkeyPatch, press: Path) -> None:
    """An address where nobody listens, and one that is none, get a sentence."""
    from tendency.corpus import cluster

    monkeypatch.setattr(cluster, "TIMEOUT", 0.3)
    for address in ("tcp://127.0.0.1:9", "nonsense://x"):
        with pytest.raises(WorkerError, match="no Dask scheduler answers"):
            td.open(press, executor=address)


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch, press: Path) -> None:
    """Without distributed the message names what to install."""
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(WorkerError, match=re.escape("pip install 'tendency[cluster]'")):
        td.open(press, executor="tcp://127.0.0.1:9")


def test_workers_that_cannot_answer_are_named(
    press: Path, machines: Machines, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that runs other code, or does not see the folder, is named before anything is asked."""
    from tendency.corpus import cluster

    index = Index.open(press)
    workers = cluster.connect(machines.address)
    with monkeypatch.context() as patched:
        patched.setattr(cluster, "release_digest", lambda: "another")
        with pytest.raises(WorkerError, match=r"the worker tcp://.* runs another version"):
            workers.prove(index)
    (place, *_) = work.places(index)
    monkeypatch.setattr(cluster, "places", lambda _: [place._replace(path=Path("/nowhere/segments/1"))])
    with pytest.raises(WorkerError, match=r"does not see .*nowhere.*all machines share"):
        workers.prove(index)
    wrong = ((place.seals[0][0], 1), place.seals[1])
    monkeypatch.setattr(cluster, "places", lambda _: [place._replace(seals=wrong)])
    with pytest.raises(WorkerError, match="reads another index"):
        workers.prove(index)
