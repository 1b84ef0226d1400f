"""A space of words by skip-grams, and the place in it of words that are known by their contexts alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import xxhash
from numpy.typing import NDArray

from tendency.errors import SettingError

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Singles = NDArray[np.float32]
Ints = NDArray[np.int64]

SIZE: Final = 100
NEGATIVE: Final = 5
SAMPLE: Final = 1e-3
EPOCHS: Final = 20
MIN_COUNT: Final = 3
CONTEXTS: Final = 6_000
"""Context words at most, the most frequent ones."""
SMOOTHING: Final = 0.75
"""The power of a word's frequency with which it is drawn as a negative."""

_STEPS: Final = 60
_CLOSE: Final = 2e-3
"""A step so short, of a vector's length, ends the search."""
_LIMIT: Final = 30.0

ABSENT: Final = (
    "meaning shift needs gensim, which is not installed; install it with: pip install 'tendency[shift]'"
)


@dataclass(frozen=True, eq=False)
class Space:
    """A skip-gram space with what is needed to place further words in it.

    Attributes:
        words: The context words, most frequent first.
        outputs: Their context vectors, float32 of shape (contexts, size).
        noise: The share of each among the negatives that are drawn, float32 of shape (contexts,).
        kept: The share of the uses of each that subsampling keeps, float32 of shape (contexts,).
        mean: The mean vector of the space's words, float32 of shape (size,).
        variance: The mean variance of their coordinates.
    """

    words: tuple[str, ...]
    outputs: Singles
    noise: Singles
    kept: Singles
    mean: Singles
    variance: float

    @classmethod
    def trained(cls, sentences: Sequence[Sequence[str]], *, window: int, seed: int) -> Space | None:
        """The space of a text by gensim's skip-gram with negative sampling; None where no word is frequent enough.

        Equal texts and seeds give equal vectors: there is one worker, and no hash of Python's is used.

        Source: Mikolov et al. (2013), Distributed representations of words and phrases and their compositionality, NeurIPS 26.

        Raises:
            SettingError: gensim is not installed.
        """
        model = _word2vec()(
            sg=1,
            vector_size=SIZE,
            window=window,
            negative=NEGATIVE,
            ns_exponent=SMOOTHING,
            sample=SAMPLE,
            epochs=EPOCHS,
            min_count=MIN_COUNT,
            workers=1,
            seed=seed,
            hashfxn=_hash,
        )
        model.build_vocab(sentences)
        if len(model.wv) < 2:
            return None
        model.train(sentences, total_examples=model.corpus_count, epochs=model.epochs)
        counts = np.array([model.wv.get_vecattr(word, "count") for word in model.wv.index_to_key], float)
        share = counts / counts.sum()
        noise = share**SMOOTHING / (share**SMOOTHING).sum()
        kept = np.minimum(np.sqrt(SAMPLE / share) + SAMPLE / share, 1.0)
        vectors = model.wv.vectors
        return cls(
            tuple(model.wv.index_to_key[:CONTEXTS]),
            np.ascontiguousarray(model.syn1neg[:CONTEXTS], np.float32),
            noise[:CONTEXTS].astype(np.float32),
            kept[:CONTEXTS].astype(np.float32),
            vectors.mean(axis=0).astype(np.float32),
            float(vectors.var(axis=0).mean()),
        )

    def place(self, contexts: csr_array, owner: Ints) -> Singles:
        """The vectors that words with these contexts have in the space, all context vectors held fixed.

        The objective of skip-grams with negative sampling, with the negatives' expectation for their draws, is then concave in each
        word's vector; with the distribution of the space's own words as the prior it has one maximum, whatever the seed. It is found by
        accelerated steps under the bound ``p(1 − p) ≤ ¼`` on the curvature.

        Args:
            contexts: How often each word (row) stands beside each context word, weighted, of shape (words, contexts).
            owner: Ascending numbers; rows with the same one are parts of the same uses, in pairs, and share a bound.

        Returns:
            float32 of shape (words, size).

        Source of the bound: Böhning & Lindsay (1988), doi:10.1007/BF00049423.
        """
        found = np.empty((contexts.shape[0], self.outputs.shape[1]), np.float32)
        begins = np.flatnonzero(np.append(True, np.diff(owner) > 0))
        ends = np.append(begins[1:], owner.size)
        inverse = np.stack(
            [
                self._inverse_curvature(contexts[low:high])
                for low, high in zip(begins.tolist(), ends.tolist(), strict=True)
            ]
        )
        of_row = np.repeat(np.arange(begins.size), ends - begins)
        for low in range(0, found.shape[0], _TOGETHER):
            rows = slice(low, low + _TOGETHER)
            found[rows] = self._placed(contexts[rows].toarray().astype(np.float32), inverse, of_row[rows])
        return found

    def _placed(self, observed: Singles, inverse: Singles, of_row: Ints) -> Singles:
        both = observed + NEGATIVE * observed.sum(axis=1, keepdims=True) * self.noise
        precision = np.float32(1 / self.variance)
        last = ahead = np.tile(self.mean, (observed.shape[0], 1))
        momentum = 1.0
        for _ in range(_STEPS):
            slope = (observed - both * _logistic(ahead @ self.outputs.T)) @ self.outputs
            slope -= precision * (ahead - self.mean)
            new = ahead + np.matmul(inverse[of_row], slope[:, :, None])[:, :, 0]
            following = (1 + (1 + 4 * momentum**2) ** 0.5) / 2
            step = new - last
            ahead = new + np.float32((momentum - 1) / following) * step
            last, momentum = new, following
            if (np.abs(step).max(axis=1) <= _CLOSE * np.linalg.norm(new, axis=1)).all():
                break
        return last

    def _inverse_curvature(self, contexts: csr_array) -> Singles:
        """The inverse of a bound on the curvature of each of some rows: none holds more of a context than its pair together."""
        pairs = float(contexts.sum(axis=1).max())
        together = 2 * np.asarray(contexts.mean(axis=0)).ravel()
        held = np.flatnonzero(together)
        own = self.outputs[held]
        seen = (own * together[held, None].astype(np.float32)).T @ own
        of_noise = NEGATIVE * pairs * self._of_noise
        ridge = np.eye(seen.shape[0], dtype=np.float32) / np.float32(self.variance)
        return np.linalg.inv(0.25 * (seen + of_noise) + ridge).astype(np.float32)

    @cached_property
    def _of_noise(self) -> Singles:
        return ((self.outputs * self.noise[:, None]).T @ self.outputs).astype(np.float32, copy=False)


_TOGETHER: Final = 400
"""Words that are placed at a time."""


def cosine_distances(one: Singles, other: Singles) -> NDArray[np.float64]:
    """1 − the cosine of each row with the same row of the other, float64 of shape (rows,)."""
    first, second = one.astype(float), other.astype(float)
    lengths = np.linalg.norm(first, axis=1) * np.linalg.norm(second, axis=1)
    cosines: NDArray[np.float64] = (first * second).sum(axis=1) / np.where(lengths > 0, lengths, 1.0)
    return 1 - cosines


def _logistic(values: Singles) -> Singles:
    np.clip(values, -_LIMIT, _LIMIT, out=values)
    return (1 / (1 + np.exp(-values))).astype(np.float32, copy=False)


def _hash(text: str) -> int:
    return xxhash.xxh3_64_intdigest(text.encode("utf-8", "surrogatepass")) & 0x7FFFFFFF


def _word2vec() -> Any:
    try:
        from gensim.models import Word2Vec
    except ImportError:
        raise SettingError(ABSENT) from None
    return Word2Vec
