"""Many machines give the bytes that one gives: a Dask scheduler and two workers, each its own process."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context
from pathlib import Path

import polars as pl
import pytest
import typer.main
from index_helpers import doc
from typer.testing import CliRunner

import tendency as td
from tendency.cli.commands import app
from tendency.corpus import Index, add, cluster, work
from tendency.errors import QueryTimeoutError, SettingError, WorkerError

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


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every question is asked of every segment."""
    monkeypatch.setenv("TENDENCY_CACHE_SIZE", "0")


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
    """A scheduler, and workers that are processes of their own, each the fork of one that has loaded everything."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.workers = folder, list[int]()
        self.file = folder / "scheduler.json"
        self._scheduler = subprocess.Popen(
            [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-show",
             "--no-jupyter", "--dashboard-address", "127.0.0.1:0", "--scheduler-file", str(self.file)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder,
        )  # fmt: skip
        self._nursery = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("dask_workers.py")), str(self.file), str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.add_worker()
        self.add_worker()
        self._client = distributed.Client(scheduler_file=str(self.file), set_as_default=False, timeout=30)
        self.address = self._client.scheduler.address
        self.wait()

    def add_worker(self) -> None:
        """One more worker."""
        assert self._nursery.stdin is not None
        assert self._nursery.stdout is not None
        self._nursery.stdin.write("another\n")
        self._nursery.stdin.flush()
        self.workers.append(int(self._nursery.stdout.readline()))

    def wait(self) -> None:
        """Until all workers have reported to the scheduler."""
        self._client.wait_for_workers(len(self.workers), timeout=30)

    def stop(self) -> None:
        """The end of every process started here."""
        self._client.close()
        for worker in self.workers:
            os.kill(worker, signal.SIGKILL)
        self._nursery.communicate()
        self._scheduler.kill()
        self._scheduler.wait()


@pytest.fixture(scope="module")
def machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    """A scheduler with two workers on this machine."""
    found = Machines(tmp_path_factory.mktemp("dask"))
    yield found
    found.stop()


@pytest.fixture(scope="module")
def pool() -> Iterator[ProcessPoolExecutor]:
    """Two spawned processes."""
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as found:
        yield found


ASKING = {
    "count": [
        ["{index}", "war", "peace and bread", "--by", "day", "--split", "faction", "--cluster", "newspaper"],
        ["{index}", "danger near/8 regime", "--by", "document"],
        ["{index}", "war :: faction = 'left'", "--where", "newspaper = 'Sun'", "--json"],
        ["{index}", "warr"],
    ],
    "rates": [["{index}", "br*", "--by", "week", "--cluster", "newspaper", "--cluster", "day"]],
    "rank": [
        ["{index}", "war", "bread", "army", "--near", "the", "--by", "all"],
        ["{index}", "war", "bread", "--by", "week", "--split", "newspaper"],
    ],
    "aims": [["{index}", "war", "--aim", "hunger=bread", "--aim", "order=regime | army", "--by", "all"]],
    "kwic": [
        ["{index}", "the * of", "--limit", "7"],
        ["{index}", "bread", "--limit", "7", "--order", "sample", "--seed", "4", "--json"],
    ],
    "words": [
        ["{index}"],
        ["{index}", "war", "--near", "3", "--fold"],
        ["{index}", "war", "--near", "sentence"],
    ],
    "export": [
        ["{index}", "war", "bread", "--format", "dfm", "--out", "{out}/dfm.csv"],
        ["{index}", "--format", "vrt", "--out", "{out}/all.vrt"],
    ],
    "trend": [["{index}", "war", "--by", "day", "--split", "faction"]],
    "turns": [["{index}", "war", "bread", "--by", "day"]],
    "forecast": [["{index}", "war", "--by", "day", "--horizon", "2"]],
    "events": [["{index}", "war", "--by", "day", "--event", "truce=1917-01-15"]],
    "comovement": [["{index}", "war", "--by", "day", "--series", "{folder}/prices.csv"]],
    "sample": [["{index}", "war", "--n", "12", "--to", "{out}/hits.csv"]],
    "judged": [["{index}", "war", "{folder}/hits.csv", "--by", "week"]],
    "collocates": [["{index}", "war", "--window", "3", "--min-hits", "3"]],
    "keywords": [["{index}", "--target", "newspaper = 'Sun'", "--min-hits", "5"]],
    "shift": [["{index}", "war", "--before", "1917-01-01/1917-01-14", "--after", "1917-01-15/1917-01-28"]],
    "decompose": [
        [
            "{index}",
            "war",
            "--before",
            "1917-01-01/1917-01-14",
            "--after",
            "1917-01-15/1917-01-28",
            "--voice",
            "newspaper",
        ]
    ],
    "lead": [["{index}", "war", "--split", "newspaper", "--voices", "Sun", "Star", "--by", "day"]],
    "polemics": [
        [
            "{index}",
            "--opponent",
            "R=regime",
            "--opponent",
            "A=army",
            "--hostile",
            "danger",
            "--split",
            "faction",
            "--by",
            "all",
        ]
    ],
    "discover": [["{index}", "--by", "day", "--min-hits", "10", "--limit", "9"]],
    "report": [["{dossier}", "--to", "{out}/report"]],
}
"""Commands that ask an index's segments, as they are typed."""

ELSE = {"demo", "add", "remove", "compact", "join", "rebuild", "check", "info", "positions"}
"""Commands that write, or read all of an index; the machine that runs one does its work."""

TYPED = [(name, number) for name, typed in ASKING.items() for number in range(len(typed))]

Files = dict[str, bytes]
Said = tuple[int, str, str, Files]


@pytest.fixture(scope="module")
def run(press: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Said]:
    """Runs a command: its exit status, what it prints, and the files that it writes."""
    folder = tmp_path_factory.mktemp("run")
    dossier = folder / "war.toml"
    dossier.write_text(
        f'title = "War"\ncorpus = "{press}"\n[[slogan]]\nname = "War"\nquery = "war"\naims = {{ bread = "bread" }}\n'
        '[[ranking]]\nname = "Named"\nitems = { war = "war", army = "army" }\nnear = "the"\nwithin = 5\n'
    )

    prices = [f"1917-01-{day:02d},{day % 7}" for day in range(1, 29)]
    (folder / "prices.csv").write_text("\n".join(["date,value", *prices]) + "\n")
    sheet = folder / "hits.csv"
    CliRunner().invoke(app, ["sample", str(press), "war", "--n", "30", "--to", str(sheet)])
    read = pl.read_csv(sheet, infer_schema=False).with_columns(judgement=pl.lit("asserts"))
    read.write_csv(sheet)

    def run(command: str, typed: list[str], *more: str) -> Said:
        out = folder / "out"
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir()
        arguments = [word.format(index=press, dossier=dossier, out=out, folder=folder) for word in typed]
        said = CliRunner().invoke(app, [command, *arguments, *more])
        if said.exception is not None and not isinstance(said.exception, SystemExit):
            raise said.exception
        # Whatever makes PDF of the charts puts its objects in another order each time.
        written = [path for path in out.rglob("*") if path.is_file() and path.suffix != ".pdf"]
        files = {str(path.relative_to(out)): path.read_bytes() for path in written}
        return said.exit_code, said.stdout, said.stderr, files

    return run


@pytest.fixture(scope="module")
def alone(run: Callable[..., Said]) -> Callable[[str, int], Said]:
    """What a command gives on this machine alone, run once."""
    return cache(lambda name, number: run(name, ASKING[name][number]))


def test_no_command_is_forgotten() -> None:
    """Each command asks through an executor, and says so by an option ``--cluster``, or is among those that do not."""
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    assert set(commands) == {*ASKING, *ELSE}
    takes = {name for name, one in commands.items() if any("--cluster" in held.opts for held in one.params)}
    assert takes == set(ASKING)


@pytest.mark.parametrize(("name", "number"), TYPED)
def test_many_machines_give_the_same_bytes(
    run: Callable[..., Said], alone: Callable[[str, int], Said], machines: Machines, name: str, number: int
) -> None:
    """What a command prints and writes with ``--cluster`` equals what it does without."""
    there = run(name, ASKING[name][number], "--cluster", machines.address)
    assert there[0] == 0
    assert there == alone(name, number)


@pytest.mark.parametrize(("name", "number"), TYPED)
def test_a_spawned_pool_gives_the_same_bytes(
    run: Callable[..., Said],
    alone: Callable[[str, int], Said],
    pool: ProcessPoolExecutor,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    number: int,
) -> None:
    """The same with two spawned processes in the place of machines."""
    monkeypatch.setattr(cluster, "connect", lambda address: pool)
    assert run(name, ASKING[name][number], "--cluster", "tcp://pool") == alone(name, number)


@pytest.mark.parametrize("name", ASKING)
def test_a_worker_killed_half_way_changes_nothing(
    run: Callable[..., Said],
    alone: Callable[[str, int], Said],
    machines: Machines,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    """Tasks that a killed worker held are done by the other one, and the command gives what it gives alone."""
    machines.wait()
    victim = machines.workers[0]
    submit = cluster.Cluster.submit
    killers: list[threading.Timer] = []

    def kill() -> None:
        os.kill(victim, signal.SIGKILL)
        machines.workers.remove(victim)

    def submit_and_kill(self: Executor, fn: Callable[..., object], /, *args: object) -> object:
        if not killers:
            # What the worker is given from now on it holds until it is killed.
            os.kill(victim, signal.SIGSTOP)
            killers.append(threading.Timer(0.2, kill))
            killers[0].start()
        return submit(self, fn, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(cluster.Cluster, "submit", submit_and_kill)
    there = run(name, ASKING[name][0], "--cluster", machines.address)
    for killer in killers:
        killer.join()
    machines.add_worker()
    assert victim not in machines.workers
    assert there == alone(name, 0)


@pytest.mark.parametrize("name", ASKING)
def test_forked_processes_are_refused_by_every_command(
    run: Callable[..., Said], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """A pool that forks gets no task, and a sentence says how to make one that does not."""
    with ProcessPoolExecutor(1, mp_context=get_context("fork")) as forked:
        monkeypatch.setattr(cluster, "connect", lambda address: forked)
        with pytest.raises(SettingError, match=r"get_context\('spawn'\)"):
            run(name, ASKING[name][0], "--cluster", "tcp://pool")


@pytest.mark.parametrize("name", ASKING)
def test_no_time_is_no_answer(
    run: Callable[..., Said],
    machines: Machines,
    pool: ProcessPoolExecutor,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    """A command that may take no time gives a sentence and nothing else: here, in processes and on machines."""
    late = ["--deadline", "1e-9"]
    with pytest.raises(QueryTimeoutError):
        run(name, ASKING[name][0], *late)
    with pytest.raises(QueryTimeoutError):
        run(name, ASKING[name][0], *late, "--cluster", machines.address)
    monkeypatch.setattr(cluster, "connect", lambda address: pool)
    with pytest.raises(QueryTimeoutError):
        run(name, ASKING[name][0], *late, "--cluster", "tcp://pool")


def test_waiting_for_processes_ends_at_the_deadline(pool: ProcessPoolExecutor, tmp_path: Path) -> None:
    """A query of hours is given up by whoever asks, and by the process that works at it, so that the pool is free again."""
    text = "a " * 60_000 + "end"
    for number in range(2):
        add(tmp_path / "i", [doc(str(number), text)], merge=False)
    corpus = td.open(tmp_path / "i", executor=pool)
    with pytest.raises(QueryTimeoutError):
        corpus.count("cql: []{1,999} [word='end']", deadline=0.3)
    assert corpus.count("end")["hits"].to_list() == [2]


def test_no_scheduler(monkeypatch: pytest.MonkeyPatch, press: Path) -> None:
    """An address where nobody listens, and one that is none, get a sentence."""
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
