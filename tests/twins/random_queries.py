"""Random queries made of the words of real texts, from a seed."""

from __future__ import annotations

import random
from collections.abc import Sequence

from twins.query_twin import PlainDocument


class Maker:
    """Makes queries whose words occur.

    Args:
        documents: Where the words are from.
        seed: Of the choices.
    """

    def __init__(self, documents: Sequence[PlainDocument], seed: int) -> None:
        self.random = random.Random(seed)
        self.documents = [document for document in documents if len(document.forms) > 5]

    def run(self, length: int) -> list[str]:
        """Some words that stand side by side."""
        document = self.random.choice(self.documents)
        start = self.random.randrange(max(len(document.forms) - length, 1))
        return [form for form in document.forms[start : start + length] if form.isalnum()] or ["of"]

    def word(self) -> str:
        """A word, common ones oftener."""
        return self.run(1)[0]

    def wild(self) -> str:
        """A word with a wildcard in it."""
        word = next(word for word in iter(self.word, None) if len(word) > 2)
        cut = self.random.randrange(1, len(word) + 1)
        shapes = [
            f"{word[:cut]}*",
            f"*{word[-cut:]}",
            f"{word[: cut - 1]}?{word[cut:]}",
            f"{word[0]}*{word[-1]}",
        ]
        return self.random.choice(shapes)

    def phrase(self) -> str:
        """Two to four words side by side, some of them any word or with a wildcard."""
        words = self.run(self.random.randrange(2, 5))
        return " ".join("*" if at and self.random.random() < 0.15 else word for at, word in enumerate(words))

    def bare(self) -> str:
        """A query in the bare form."""
        return self.random.choice([self.word, self.phrase, self.phrase, self.wild, self.group, self.exact])()

    def group(self) -> str:
        """Alternatives, alone or in a phrase."""
        words = self.run(2)
        return f"({self.word()} | {self.phrase()} | {words[0]}) {words[-1]}"

    def exact(self) -> str:
        """Words as written."""
        return self.random.choice([f'"{" ".join(self.run(2))}"', f"exact:{self.word()}"])

    def near(self) -> str:
        """Two queries side by side or not."""
        sign = self.random.choice(["near", "near", "not near"])
        within = self.random.choice(["", "", " within doc"])
        return f"{self.bare()} {sign}/{self.random.choice([1, 2, 5, 12])} {self.bare()}{within}"

    def cql(self) -> str:
        """A query with repetitions, conditions or boundaries."""
        words = self.run(3)
        first, last = words[0], words[-1]
        cut = max(len(first) - 2, 1)
        return self.random.choice(
            [
                f'"{first}"%c []{{0,{self.random.randrange(1, 6)}}} "{last}"%c',
                f'"{first}" []* "{self.word()}"',
                f'[form="{first[:cut].lower()}.*" & word!="{first}"]',
                f'[word="{first}" | form="{last.lower()}"]+ [word!="{self.word()}"]',
                f'<s> []{{0,2}} "{first}"%c',
                f'"{last}"%c []? </s>',
                f'("{first}"%c | "{last}"%c []) "{self.word()}"%c? [form=".*{last[-2:].lower()}"]',
                f'[form="({first.lower()}|{last.lower()})s?"] []{{1,40}} "{first}"%c within doc',
                f'("{first}"%c []{{0,3}}){{2,4}}',
                f'"{first}"%cd [!(form="{last.lower()}" | form="of")]{{2}}',
            ]
        )

    def query(self) -> str:
        """One of all these."""
        make = self.random.choice(
            [self.word, self.phrase, self.wild, self.group, self.exact, self.near, self.cql]
        )
        return make()
