"""The inner loops, compiled: at most twenty kernels, which release the GIL.

The functions marked ``_helper`` are inlined parts of kernels. Every kernel has one signature;
arrays that a kernel only reads are declared read-only, so that memory-mapped ones do. A change
here, in classes.py or in text_rules.py makes a new cache folder, and compiles anew.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tendency.corpus.classes import (
    APOSTROPHE,
    CLOSE,
    COLON,
    COMMA,
    COMPLEX,
    CONNECTOR,
    DOUBLE_QUOTE,
    EXTEND,
    HEBREW,
    HYPHEN,
    INVISIBLE,
    LETTER,
    LOWER,
    LOWERED,
    MARK,
    MIDDLE,
    NEWLINE,
    NUMERIC,
    PARAGRAPH,
    QUOTE,
    SEMICOLON,
    SINGLE,
    SOFT_HYPHEN,
    SPACE,
    STOP,
    UPPER,
)
from tendency.corpus.kernel_cache import helper as _helper
from tendency.corpus.kernel_cache import kernel
from tendency.corpus.text_rules import (
    ALWAYS,
    BEFORE_NUMBER,
    COLONS,
    ELISION,
    ELISIONS,
    NOT_AFTER_NUMBER,
    ORDINALS,
    SEMICOLONS,
)

ROMAN = (67, 68, 73, 76, 77, 86, 88)
RIGHT_BRACKET = 41
LEADER = 5
FULL_STOP = 0x2E
SMALL_Z = 0x7A

READ_U8 = "Array(uint8, 1, 'C', readonly=True)"
READ_U32 = "Array(uint32, 1, 'C', readonly=True)"
READ_U64 = "Array(uint64, 1, 'C', readonly=True)"
READ_I32 = "Array(int32, 1, 'C', readonly=True)"
READ_I64 = "Array(int64, 1, 'C', readonly=True)"

_FNV_OFFSET = np.uint64(0xCBF29CE484222325)
_FNV_PRIME = np.uint64(0x100000001B3)
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
"""Knuth's multiplicative hashing: the golden ratio of 2**64."""
PACKED = 15
"""Bytes of a form in UTF-8 that its key holds as they are."""
HASHED = np.uint64(0xFF << 56)
"""From here on the second halves of keys say that the first is a hash."""


@_helper
def _attached(kind):  # type: ignore[no-untyped-def]
    """Whether a character of this class belongs to the one before it."""
    return SOFT_HYPHEN <= kind <= EXTEND


@_helper
def _is_mark(kind, flags):  # type: ignore[no-untyped-def]
    return kind in (STOP, MARK) or (kind == SEMICOLON and flags & SEMICOLONS)


@_helper
def _past_attached(codes, classes, at, end):  # type: ignore[no-untyped-def]
    while at < end and _attached(classes[codes[at]]):
        at += 1
    return at


@_helper
def _past_break(codes, classes, at, end):  # type: ignore[no-untyped-def]
    """Where a word goes on after a hyphen and one line break; -1 where it does not.

    ``at`` is just after the hyphen. The part after the break begins with a lower-case letter
    and is not itself followed by a hyphen and a letter, as in ``mother-/in-law``.
    """
    while at < end and classes[codes[at]] == SPACE:
        at += 1
    if at >= end or classes[codes[at]] != NEWLINE:
        return -1
    if codes[at] == 13 and at + 1 < end and codes[at + 1] == 10:
        at += 1
    at += 1
    while at < end and classes[codes[at]] == SPACE:
        at += 1
    if at >= end or classes[codes[at]] != LOWER:
        return -1
    after = at
    while after < end and (classes[codes[after]] >= LETTER or _attached(classes[codes[after]])):
        after += 1
    if after + 1 < end and classes[codes[after]] == HYPHEN and classes[codes[after + 1]] >= LETTER:
        return -1
    return at


@_helper
def _kinds_of(codes, classes, lowered, start, end, ruleset, keys, kinds):  # type: ignore[no-untyped-def]
    """The kinds under which a word is listed in a ruleset, as bits; 0 where it is not."""
    key = (_FNV_OFFSET ^ np.uint64(ruleset)) * _FNV_PRIME
    for at in range(start, end):
        code = codes[at]
        if classes[code] > INVISIBLE:
            low = lowered[code] if code < LOWERED else code
            key = (key ^ np.uint64(low)) * _FNV_PRIME
    if key == 0:
        key = np.uint64(1)
    mask = np.uint64(len(keys) - 1)
    slot = key & mask
    while keys[slot] != 0:
        if keys[slot] == key:
            return np.int64(kinds[slot])
        slot = (slot + np.uint64(1)) & mask
    return np.int64(0)


@_helper
def _word_end(codes, classes, lowered, start, end, ruleset, flags, keys, kinds):  # type: ignore[no-untyped-def]
    """Where the word that begins at ``start`` ends."""
    kind = classes[codes[start]]
    at = _past_attached(codes, classes, start + 1, end)
    if kind == SINGLE:
        return at
    if kind == COMPLEX:
        while at < end and (classes[codes[at]] == COMPLEX or _attached(classes[codes[at]])):
            at += 1
        return at
    last = kind
    while at < end:
        kind = classes[codes[at]]
        if kind >= NUMERIC:
            last = kind
            at += 1
            continue
        if _attached(kind):
            at += 1
            continue
        if kind == SPACE and codes[at - 1] != 0xAD:
            break
        if kind <= HYPHEN:
            further = -1
            if last >= LETTER and (kind == HYPHEN or codes[at - 1] == 0xAD):
                further = _past_break(codes, classes, at + (kind == HYPHEN), end)
            if further < 0:
                break
            at = further
            continue
        if kind == CONNECTOR:
            further = at + 1
            while further < end and (
                classes[codes[further]] == CONNECTOR or _attached(classes[codes[further]])
            ):
                further += 1
            if further < end and classes[codes[further]] >= NUMERIC:
                at = further
                continue
            break
        if kind < STOP or kind > SEMICOLON or kind == MARK:
            break
        further = _past_attached(codes, classes, at + 1, end)
        beyond = classes[codes[further]] if further < end else SPACE
        if (
            flags & ELISIONS
            and kind in (APOSTROPHE, QUOTE)
            and beyond >= SINGLE
            and _kinds_of(codes, classes, lowered, start, at, ruleset, keys, kinds) & (1 << ELISION)
        ):
            return further
        joins = False
        if last >= LETTER and beyond >= LETTER:
            joins = (
                kind in (STOP, APOSTROPHE, QUOTE, MIDDLE)
                or (kind == COLON and flags & COLONS != 0)
                or (kind == DOUBLE_QUOTE and last == HEBREW and beyond == HEBREW)
            )
        elif last == NUMERIC and beyond == NUMERIC:
            joins = kind in (STOP, APOSTROPHE, QUOTE, COMMA, SEMICOLON)
        if joins:
            at = further
            continue
        if last == HEBREW and kind == APOSTROPHE:
            return further
        break
    return at


@_helper
def _blank_line(codes, classes, start, end):  # type: ignore[no-untyped-def]
    """Where the white space that holds the first blank line begins; -1 without a blank line."""
    lines = 0
    begin = -1
    at = start
    while at < end:
        kind = classes[codes[at]]
        if kind == NEWLINE:
            if begin < 0:
                begin = at
            if codes[at] == 13 and at + 1 < end and codes[at + 1] == 10:
                at += 1
            lines += 1
        elif kind == PARAGRAPH:
            if begin < 0:
                begin = at
            lines += 2
        elif kind == SPACE:
            if begin < 0:
                begin = at
        else:
            begin = -1
            lines = 0
        if lines >= 2:
            return begin
        at += 1
    return -1


@_helper
def _is_number(codes, classes, at, end):  # type: ignore[no-untyped-def]
    """Whether the word at ``at`` begins with a digit or is a Roman numeral in capitals."""
    if classes[codes[at]] == NUMERIC:
        return True
    begin = at
    while at < end and classes[codes[at]] == UPPER and codes[at] in ROMAN:
        at += 1
    return at > begin and (at == end or classes[codes[at]] < SINGLE)


@_helper
def _abbreviated(  # type: ignore[no-untyped-def]
    codes, classes, lowered, start, end, before_number, after_number, first, ruleset, flags, keys, kinds
):
    """Whether one or two stops right behind the word do not end the sentence.

    So behind a lone capital, initials, a listed abbreviation, an ordinal, and a number of at
    most three digits which is the first word of its sentence.
    """
    bases = 0
    digits = 0
    run = 0
    longest = 0
    last = SPACE
    for at in range(start, end):
        kind = classes[codes[at]]
        if kind >= SINGLE:
            bases += 1
            run += 1
            longest = max(longest, run)
            digits += kind == NUMERIC
            last = kind
        elif kind == STOP:
            run = 0
    if longest == 1 and last == UPPER:
        return True
    if digits == bases:
        return (first and digits <= 3) or (flags & ORDINALS != 0 and digits <= 2)
    listed = _kinds_of(codes, classes, lowered, start, end, ruleset, keys, kinds)
    return (
        listed & (1 << ALWAYS) != 0
        or (listed & (1 << BEFORE_NUMBER) != 0 and before_number)
        or (listed & (1 << NOT_AFTER_NUMBER) != 0 and not after_number)
    )


@_helper
def _marked_end(  # type: ignore[no-untyped-def]
    codes, classes, lowered, start, end, gap_end, text_end, after_number, first, ruleset, flags, keys, kinds
):
    """Where a sentence mark between two words ends the sentence; -1 where none does.

    The gap from ``end`` to ``gap_end`` lies between the word that begins at ``start`` and the
    next. The place is behind the mark and the quotes and brackets that close after it. A letter
    with a bracket, as in ``b)``, counts an item of a list and not as lower case; a row of stops
    before a number, or a long one, is a leader in a table.
    """
    following = classes[codes[gap_end]]
    if following == LOWER and not (gap_end + 1 < text_end and codes[gap_end + 1] == RIGHT_BRACKET):
        return -1
    at = end
    while at < gap_end:
        if not _is_mark(classes[codes[at]], flags):
            at += 1
            continue
        begin = at
        marks = 0
        stops = 0
        closers = 0
        while at < gap_end:
            kind = classes[codes[at]]
            if _is_mark(kind, flags):
                marks += 1
                stops += kind == STOP
            elif kind == CLOSE or APOSTROPHE <= kind <= DOUBLE_QUOTE:
                closers += 1
            elif not _attached(kind):
                break
            at += 1
        single = marks == stops and (marks == 1 or (marks == 2 and closers == 0))
        behind = classes[codes[at]] if at < gap_end else following
        if behind in (COMMA, COLON, SEMICOLON):
            continue
        if stops == marks and (marks >= LEADER or (marks > 1 and following == NUMERIC)):
            continue
        if single:
            if begin == end and _abbreviated(
                codes,
                classes,
                lowered,
                start,
                end,
                _is_number(codes, classes, gap_end, text_end),
                after_number,
                first,
                ruleset,
                flags,
                keys,
                kinds,
            ):
                continue
            if at == gap_end and closers == 0:
                continue
        return at
    return -1


@kernel(
    f"int64({READ_U32}, {READ_I64}, {READ_U8}, {READ_U8}, {READ_U32}, {READ_U8}, {READ_U64}, {READ_U8}, "
    "int32[::1], int32[::1], int64[::1])"
)
def scan_documents(  # type: ignore[no-untyped-def]
    codes, bounds, rulesets, classes, lowered, switches, keys, kinds, starts, ends, first
):
    """The number of tokens of all documents, with their places written to ``starts`` and ``ends``.

    Args:
        codes: Code points of the documents, one after the other.
        bounds: Where each document begins and the last one ends, (documents + 1,).
        rulesets: The ruleset of each document.
        classes: The class of every code point.
        lowered: The lower case of the first code points.
        switches: The flags of each ruleset.
        keys: Hashes of listed words.
        kinds: What the words are listed as.
        starts: Written: where each token begins in ``codes``; room for one a code point and one
            a document.
        ends: Written: where it ends; equal to its start for a sentence end.
        first: Written: the number of each document's first token, (documents + 1,).
    """
    n = 0
    for document in range(len(rulesets)):
        first[document] = n
        end = bounds[document + 1]
        ruleset = rulesets[document]
        flags = switches[ruleset]
        at = bounds[document]
        words = 0  # in this sentence so far
        before = at  # where the last word ends
        while True:
            noteworthy = False
            while at < end:
                kind = classes[codes[at]]
                if kind >= SINGLE:
                    break
                noteworthy |= kind in (NEWLINE, SEMICOLON) or PARAGRAPH <= kind <= MARK
                at += 1
            if at >= end:
                break
            if noteworthy and words:
                place = _blank_line(codes, classes, before, at)
                if place < 0:
                    after_number = words > 1 and classes[codes[starts[n - 2]]] == NUMERIC
                    place = _marked_end(
                        codes,
                        classes,
                        lowered,
                        starts[n - 1],
                        before,
                        at,
                        end,
                        after_number,
                        words == 1,
                        ruleset,
                        flags,
                        keys,
                        kinds,
                    )
                if place >= 0:
                    starts[n] = place
                    ends[n] = place
                    n += 1
                    words = 0
            # Nine words in ten are letters before a space: they are spared a call.
            before = at
            while before < end and kind >= NUMERIC:
                before += 1
                if before < end:
                    kind = classes[codes[before]]
            if before < end and (before == at or kind > NEWLINE):
                before = _word_end(codes, classes, lowered, at, end, ruleset, flags, keys, kinds)
            starts[n] = at
            ends[n] = before
            n += 1
            words += 1
            at = before
        if words:
            place = end
            while classes[codes[place - 1]] <= NEWLINE or classes[codes[place - 1]] == PARAGRAPH:
                place -= 1
            starts[n] = place
            ends[n] = place
            n += 1
    first[len(rulesets)] = n
    return n


@kernel(f"void({READ_U32}, int64[::1])")
def count_terms(terms, counts):  # type: ignore[no-untyped-def]
    """Add how often each term occurs."""
    for term in terms:
        counts[term] += 1


@kernel(f"void(uint32[::1], {READ_U32}, int64, uint32[::1], uint32[::1])")
def invert(tokens, numbers, base, places, postings):  # type: ignore[no-untyped-def]
    """Give terms their new numbers, and write each position where its term's next one goes.

    Terms are best numbered in the order in which they come: those that are frequent then lie together
    in ``places``.

    Args:
        tokens: The term at each position from ``base`` on; its new number is written there.
        numbers: The new number of each term.
        base: The first position.
        places: Where the next position of each term goes, by its old number; moved on.
        postings: Written: the positions of each term.
    """
    for i in range(len(tokens)):
        term = tokens[i]
        tokens[i] = numbers[term]
        postings[places[term]] = base + i
        places[term] += 1


@_helper
def _write_utf8(pool, at, code):  # type: ignore[no-untyped-def]
    """Where the code point, written to the pool from ``at`` on, ends."""
    if code < 0x80:
        pool[at] = code
        return at + 1
    if code < 0x800:
        pool[at] = 0xC0 | (code >> 6)
        pool[at + 1] = 0x80 | (code & 0x3F)
        return at + 2
    if code < 0x10000:
        pool[at] = 0xE0 | (code >> 12)
        pool[at + 1] = 0x80 | ((code >> 6) & 0x3F)
        pool[at + 2] = 0x80 | (code & 0x3F)
        return at + 3
    pool[at] = 0xF0 | (code >> 18)
    pool[at + 1] = 0x80 | ((code >> 12) & 0x3F)
    pool[at + 2] = 0x80 | ((code >> 6) & 0x3F)
    pool[at + 3] = 0x80 | (code & 0x3F)
    return at + 4


@_helper
def _write_form(codes, classes, start, end, pool, at):  # type: ignore[no-untyped-def]
    """Where the form of a token, written to the pool from ``at`` on, ends."""
    for place in range(start, end):
        code = codes[place]
        if classes[code] > INVISIBLE:
            at = _write_utf8(pool, at, code)
    return at


@_helper
def _is_form(codes, classes, start, end, pool, at, stop):  # type: ignore[no-untyped-def]
    """Whether the token's form is what stands in the pool from ``at`` to ``stop``."""
    for place in range(start, end):
        code = codes[place]
        if classes[code] <= INVISIBLE:
            continue
        if code < 0x80:
            if at >= stop or pool[at] != code:
                return False
            at += 1
            continue
        size = 2 if code < 0x800 else 3 if code < 0x10000 else 4
        if at + size > stop or pool[at] != ((0xF00 >> size) & 0xFF | (code >> (6 * (size - 1)))):
            return False
        for i in range(1, size):
            if pool[at + i] != (0x80 | ((code >> (6 * (size - 1 - i))) & 0x3F)):
                return False
        at += size
    return at == stop


@_helper
def _write_keys(codes, starts, ends, low, high, classes, keys):  # type: ignore[no-untyped-def]
    """Write two numbers for the form of each token from ``low`` to ``high``.

    Most forms are short, and these are the form itself: the first holds the first eight bytes of its
    UTF-8, the second up to seven more and, in the top byte, how many there are. Of a longer form the
    first is a hash, which two forms may share, and the top byte of the second is 255. Both are 0 for a
    sentence end.
    """
    for token in range(low, high):
        start = starts[token]
        end = ends[token]
        head = np.uint64(0)
        tail = np.uint64(0)
        size = 0
        place = 2 * (token - low)
        if end - start <= PACKED:
            # Nearly all are ASCII letters and digits: one byte each, none of them invisible.
            plain = True
            for at in range(start, min(end, start + 8)):
                code = codes[at]
                plain &= FULL_STOP <= code <= SMALL_Z
                head = (head << np.uint64(8)) | np.uint64(code)
            for at in range(start + 8, end):
                code = codes[at]
                plain &= FULL_STOP <= code <= SMALL_Z
                tail = (tail << np.uint64(8)) | np.uint64(code)
            if plain:
                keys[place] = head
                keys[place + 1] = tail | np.uint64(end - start) << np.uint64(56)
                continue
            head = np.uint64(0)
            tail = np.uint64(0)
        for at in range(start, end):
            code = codes[at]
            if classes[code] <= INVISIBLE:
                continue
            more = 0 if code < 0x80 else 1 if code < 0x800 else 2 if code < 0x10000 else 3
            byte = np.uint64(code) if more == 0 else np.uint64((0x780 >> more) & 0xFF | (code >> (6 * more)))
            while True:
                if size < 8:
                    head = (head << np.uint64(8)) | byte
                else:
                    tail = (tail << np.uint64(8)) | byte
                size += 1
                if more == 0:
                    break
                more -= 1
                byte = np.uint64(0x80 | ((code >> (6 * more)) & 0x3F))
            if size > PACKED:
                break
        if size > PACKED or (size == 0 and start < end):
            head = _FNV_OFFSET
            for at in range(start, end):
                code = codes[at]
                if classes[code] > INVISIBLE:
                    head = (head ^ np.uint64(code)) * _FNV_PRIME
            tail = HASHED
        else:
            tail |= np.uint64(size) << np.uint64(56)
        keys[place] = head
        keys[place + 1] = tail


@_helper
def _slot_of(head, tail, mask):  # type: ignore[no-untyped-def]
    """Where the search for a key begins."""
    product = (head ^ (tail * _FNV_PRIME)) * _GOLDEN
    return (product ^ (product >> np.uint64(32))) & mask


@_helper
def _number_packed(keys, low, high, slots, slot_terms, pool, offsets, terms, numbers):  # type: ignore[no-untyped-def]
    """How many terms there are after the tokens of which the key is the form, and the sentence ends."""
    mask = np.uint64(len(slot_terms) - 1)
    one = np.uint64(1)
    for token in range(low, high):
        head = keys[2 * (token - low)]
        tail = keys[2 * (token - low) + 1]
        if tail >= HASHED:
            continue
        if tail == 0:
            numbers[token] = 0
            continue
        slot = _slot_of(head, tail, mask)
        while slots[2 * slot + one] != 0 and (slots[2 * slot] != head or slots[2 * slot + one] != tail):
            slot = (slot + one) & mask
        if slots[2 * slot + one] != 0:
            numbers[token] = slot_terms[slot]
            continue
        slots[2 * slot] = head
        slots[2 * slot + one] = tail
        slot_terms[slot] = terms
        numbers[token] = terms
        at = offsets[terms]
        size = np.int64(tail >> np.uint64(56))
        first = 8 if size > 8 else size
        for i in range(first):
            pool[at + i] = (head >> np.uint64(8 * (first - 1 - i))) & np.uint64(0xFF)
        for i in range(first, size):
            pool[at + i] = (tail >> np.uint64(8 * (size - 1 - i))) & np.uint64(0xFF)
        terms += 1
        offsets[terms] = at + size
    return terms


@_helper
def _number_hashed(  # type: ignore[no-untyped-def]
    keys, codes, starts, ends, low, high, classes, slots, slot_terms, pool, offsets, terms, numbers
):
    """How many terms there are after the tokens of which the key is a hash: what has the same key is compared."""
    mask = np.uint64(len(slot_terms) - 1)
    one = np.uint64(1)
    for token in range(low, high):
        tail = keys[2 * (token - low) + 1]
        if tail < HASHED:
            continue
        head = keys[2 * (token - low)]
        start = starts[token]
        end = ends[token]
        slot = _slot_of(head, tail, mask)
        while slots[2 * slot + one] != 0:
            term = slot_terms[slot]
            if (
                slots[2 * slot] == head
                and slots[2 * slot + one] == tail
                and _is_form(codes, classes, start, end, pool, offsets[term], offsets[term + 1])
            ):
                break
            slot = (slot + one) & mask
        if slots[2 * slot + one] == 0:
            slots[2 * slot] = head
            slots[2 * slot + one] = tail
            slot_terms[slot] = terms
            at = offsets[terms]
            terms += 1
            offsets[terms] = _write_form(codes, classes, start, end, pool, at)
        numbers[token] = slot_terms[slot]
    return terms


@kernel(
    f"int64({READ_U32}, {READ_I32}, {READ_I32}, int64, {READ_U8}, uint64[::1], uint64[::1], uint32[::1], uint8[::1], "
    "int64[::1], int64[::1], uint32[::1])"
)
def intern(codes, starts, ends, begin, classes, keys, slots, slot_terms, pool, offsets, count, numbers):  # type: ignore[no-untyped-def]
    """The first token of a block that may find no room, from ``begin`` on; the number of tokens if all did.

    Writes the term number of each token's form, 0 for a sentence end and the next number for a new form.
    Stops before the tables are three quarters full, so that the caller can make larger ones and go on.
    Tokens are done by blocks that stay in the processor's cache, in loops of their own: in one, what few
    tokens need would crowd the registers of what most need.

    Args:
        codes: Code points that the tokens point into.
        starts: Where each token begins.
        ends: Where it ends.
        begin: The first token to do.
        classes: The class of every code point.
        keys: Room for two numbers a token of a block, which thereby says how large blocks are.
        slots: Open-addressing table (a power of two, twice): the key of a term; 0 is empty.
        slot_terms: The number of that term.
        pool: The forms as UTF-8, one after the other.
        offsets: Where each term's form begins in the pool and the last one ends.
        count: How many terms there are, the sentence end included, (1,); brought up to date.
        numbers: Written: the term number of each token.
    """
    most = min(3 * len(slot_terms) // 4, len(offsets) - 2)
    terms = count[0]
    low = begin
    while low < len(starts):
        high = min(low + len(keys) // 2, len(starts))
        if terms + high - low > most or offsets[terms] + 4 * (ends[high - 1] - starts[low]) > len(pool):
            break
        _write_keys(codes, starts, ends, low, high, classes, keys)
        terms = _number_packed(keys, low, high, slots, slot_terms, pool, offsets, terms, numbers)
        terms = _number_hashed(
            keys, codes, starts, ends, low, high, classes, slots, slot_terms, pool, offsets, terms, numbers
        )
        low = high
    count[0] = terms
    return low


@kernel(f"void({READ_U64}, {READ_U32}, uint64[::1], uint32[::1])")
def rehash(slots, slot_terms, larger, larger_terms):  # type: ignore[no-untyped-def]
    """Move the entries of the table of ``intern`` to a larger one, a power of two, all zero."""
    mask = np.uint64(len(larger_terms) - 1)
    one = np.uint64(1)
    for i in range(len(slot_terms)):
        head = slots[2 * i]
        tail = slots[2 * i + 1]
        if tail != 0:
            slot = _slot_of(head, tail, mask)
            while larger[2 * slot + one] != 0:
                slot = (slot + one) & mask
            larger[2 * slot] = head
            larger[2 * slot + one] = tail
            larger_terms[slot] = slot_terms[i]


@kernel(f"void({READ_U32}, {READ_I64}, int64[::1])")
def utf8_places(codes, characters, places):  # type: ignore[no-untyped-def]
    """Write at which byte of the UTF-8 each of these characters begins; they ascend."""
    byte = 0
    before = 0
    for i in range(len(characters)):
        more = np.uint32(0)
        for code in codes[before : characters[i]]:
            more += np.uint32(code >= 0x80) + np.uint32(code >= 0x800) + np.uint32(code >= 0x10000)
        byte += characters[i] - before + more
        before = characters[i]
        places[i] = byte


@kernel(f"int64({READ_I32}, {READ_I32}, {READ_I64}, {READ_I64}, uint8[::1], int64[::1])")
def pack_places(starts, ends, tokens, characters, packed, bounds):  # type: ignore[no-untyped-def]
    """1 when the tokens of each block were packed, 0 when they do not follow one another.

    A block's bytes are those of docs/index-format.md: the gap before each token, then its length, both
    in one byte, and for every 255 the number itself in four.

    Args:
        starts: Where each token begins.
        ends: Where it ends.
        tokens: The first token of each block and the end of the last one, (blocks + 1,).
        characters: Where each block begins, (blocks,).
        packed: Written: two bytes a token, and four for each 255 that its gap and length have together.
        bounds: Written: where each block's bytes begin and the last one's end, (blocks + 1,).
    """
    at = 0
    for block in range(len(characters)):
        bounds[block] = at
        low = tokens[block]
        n = tokens[block + 1] - low
        before = characters[block]
        large = 0
        for i in range(n):
            gap = starts[low + i] - before
            length = ends[low + i] - starts[low + i]
            if gap < 0 or length < 0:
                return 0
            packed[at + i] = min(gap, 255)
            packed[at + n + i] = min(length, 255)
            large += (gap >= 255) + (length >= 255)
            before = ends[low + i]
        at += 2 * n
        # Gaps first, then lengths, each only where there is one.
        for part in range(2 if large else 0):
            before = characters[block]
            for i in range(n):
                number = starts[low + i] - before if part == 0 else ends[low + i] - starts[low + i]
                before = ends[low + i]
                if number >= 255:
                    for byte in range(4):
                        packed[at] = (number >> (8 * byte)) & 0xFF
                        at += 1
    bounds[len(characters)] = at
    return 1


def gather_strings(
    data: NDArray[np.uint8],
    bounds: NDArray[np.int64],
    places: NDArray[np.uint32],
    new_bounds: NDArray[np.int64],
) -> NDArray[np.uint8]:
    """The bytes of the strings at ``places``, one after the other.

    Args:
        data: The bytes of all strings.
        bounds: Where each begins in ``data`` and the last one ends, (strings + 1,).
        places: Which strings to take.
        new_bounds: Where each of those begins in the result, (places + 1,).
    """
    gathered = np.empty(int(new_bounds[len(places)]), np.uint8)
    gather_into(data, bounds, places, new_bounds, gathered)
    return gathered


@kernel(f"void({READ_U8}, {READ_I64}, {READ_U32}, {READ_I64}, uint8[::1])")
def gather_into(data, bounds, places, new_bounds, gathered):  # type: ignore[no-untyped-def]
    """Write the bytes of the strings at ``places`` to ``gathered``."""
    for i in range(len(places)):
        begin, at = bounds[places[i]], new_bounds[i]
        for k in range(new_bounds[i + 1] - at):
            gathered[at + k] = data[begin + k]


@kernel(f"void({READ_U8}, {READ_I64}, {READ_U32}, int64, uint64[::1], uint8[::1])")
def string_keys(data, bounds, places, depth, keys, lengths):  # type: ignore[no-untyped-def]
    """Eight bytes of each string as one big-endian number, with zeros after its end.

    Args:
        data: The bytes of all strings.
        bounds: Where each begins in ``data`` and the last one ends.
        places: Which strings to look at.
        depth: How many bytes of each to skip.
        keys: Written: the numbers.
        lengths: Written: how many bytes each had from there, 9 for more than eight.
    """
    for i in range(len(places)):
        begin = bounds[places[i]] + depth
        left = min(max(bounds[places[i] + 1] - begin, 0), 9)
        key = np.uint64(0)
        for k in range(8):
            key <<= np.uint64(8)
            if k < left:
                key |= np.uint64(data[begin + k])
        keys[i] = key
        lengths[i] = left


@kernel(f"int64({READ_U8}, {READ_I64}, {READ_U8}, {READ_I64}, uint32[::1], uint32[::1])")
def merge_strings(left_data, left_bounds, right_data, right_bounds, left_numbers, right_numbers):  # type: ignore[no-untyped-def]
    """How many strings two ascending sequences without repeats have together, and the number of each.

    Args:
        left_data: The bytes of the first sequence.
        left_bounds: Where each begins and the last one ends.
        right_data: The bytes of the second.
        right_bounds: Where each begins and the last one ends.
        left_numbers: Written: where each of the first stands among all, ascending.
        right_numbers: Written: where each of the second stands.
    """
    i = j = n = 0
    lefts, rights = len(left_bounds) - 1, len(right_bounds) - 1
    while i < lefts or j < rights:
        order = 0
        if i == lefts:
            order = 1
        elif j == rights:
            order = -1
        else:
            a, b = left_bounds[i], right_bounds[j]
            left_end, right_end = left_bounds[i + 1], right_bounds[j + 1]
            while a < left_end and b < right_end and left_data[a] == right_data[b]:
                a += 1
                b += 1
            if a == left_end or b == right_end:
                order = (b == right_end) * 1 - (a == left_end) * 1
            else:
                order = 1 if left_data[a] > right_data[b] else -1
        if order <= 0:
            left_numbers[i] = n
            i += 1
        if order >= 0:
            right_numbers[j] = n
            j += 1
        n += 1
    return n


@kernel(f"void({READ_U8}, {READ_I64}, {READ_U32}, {READ_U8}, uint8[::1])")
def match_globs(data, bounds, places, pattern, fits):  # type: ignore[no-untyped-def]
    """Whether each whole string at ``places`` fits a pattern with wildcards, in time pattern x string at worst.

    Args:
        data: The UTF-8 bytes of all strings.
        bounds: Where each begins in ``data`` and the last one ends.
        places: Which strings to look at.
        pattern: UTF-8 with two bytes that no UTF-8 holds: 255 for any run of characters, 254 for one
            character.
        fits: Written: 1 for each that fits, else 0, (places,).
    """
    length = len(pattern)
    for i in range(len(places)):
        at = bounds[places[i]]
        end = bounds[places[i] + 1]
        place = 0
        star = -1
        kept = at
        fit = True
        while at < end:
            if place < length and pattern[place] == 255:
                star = place
                kept = at
                place += 1
            elif place < length and pattern[place] == 254:
                at += 1
                while at < end and data[at] & 0xC0 == 0x80:
                    at += 1
                place += 1
            elif place < length and pattern[place] == data[at]:
                at += 1
                place += 1
            elif star >= 0:
                # By whole characters, or a later 254 would take half of one for a character.
                kept += 1
                while kept < end and data[kept] & 0xC0 == 0x80:
                    kept += 1
                at = kept
                place = star + 1
            else:
                fit = False
                break
        while fit and place < length:
            fit = pattern[place] == 255
            place += 1
        fits[i] = 1 if fit else 0


@kernel(f"void({READ_U32}, {READ_I64}, {READ_U8}, int64[::1])")
def count_fitting(tokens, first, fits, counts):  # type: ignore[no-untyped-def]
    """How many tokens of each document are of a term that fits.

    Args:
        tokens: The terms of a run of documents.
        first: Where each document begins, from the same origin as the run's first entry, (documents + 1,).
        fits: For each term 1 if it fits, else 0.
        counts: Written: the counts, (documents,).
    """
    base = first[0]
    for document in range(len(counts)):
        n = 0
        for at in range(first[document] - base, first[document + 1] - base):
            n += fits[tokens[at]]
        counts[document] = n


@kernel(f"void({READ_U32}, {READ_I64}, {READ_I64}, {READ_I64}, {READ_I32}, int64, int64[::1])")
def count_postings(postings, starts, ends, first, landmarks, step, counts):  # type: ignore[no-untyped-def]
    """Add up how many of some postings lie in each document.

    Args:
        postings: Positions.
        starts: Where runs of ascending ones begin.
        ends: Where each run ends.
        first: Where each document begins and the last one ends, (documents + 1,).
        landmarks: The document of every 2**step-th position.
        step: See there.
        counts: Brought up to date, (documents,).
    """
    for run in range(len(starts)):
        document = np.int64(0)
        end = np.int64(0)
        for at in range(starts[run], ends[run]):
            position = np.int64(postings[at])
            if position >= end:
                document = np.int64(landmarks[position >> step])
                end = first[document + 1]
                while position >= end:
                    document += 1
                    end = first[document + 1]
            counts[document] += 1


@kernel(f"void({READ_U32}, {READ_I64}, {READ_U8}, uint32[::1])")
def count_tokens(tokens, first, wanted, counts):  # type: ignore[no-untyped-def]
    """Add the tokens of the wanted documents to the counts of their terms.

    Args:
        tokens: The term at each position.
        first: Where each of the documents begins and the last one ends, (documents + 1,).
        wanted: 1 for each document to count, (documents,).
        counts: Brought up to date: how often each term occurs, in half the room, for they are reached at random.
    """
    for document in range(len(wanted)):
        if wanted[document]:
            for at in range(first[document], first[document + 1]):
                counts[tokens[at]] += np.uint32(1)


@_helper
def _pair(left, right):  # type: ignore[no-untyped-def]
    """The key of two grams in a row."""
    return (np.uint64(left) << np.uint64(32)) | np.uint64(right)


@_helper
def _spot(key, mask):  # type: ignore[no-untyped-def]
    """Where the search for a pair begins."""
    product = key * _GOLDEN
    return (product ^ (product >> np.uint64(32))) & mask


@_helper
def _gram_of(slots, grams, key):  # type: ignore[no-untyped-def]
    """The gram that a pair makes, 0 for none."""
    mask = np.uint64(len(grams) - 1)
    slot = _spot(key, mask)
    while slots[slot] != 0:
        if slots[slot] == key:
            return grams[slot]
        slot = (slot + np.uint64(1)) & mask
    return np.uint32(0)


@_helper
def _advance(trail, word, length, slots, grams):  # type: ignore[no-untyped-def]
    """Go on by one word: ``trail[k]`` is the gram of k + 1 words that ends there, 0 for none; a sentence end is word 0."""
    before = trail[0]
    trail[0] = word
    for k in range(1, length):
        held = trail[k]
        if before == 0 or trail[k - 1] == 0:
            trail[k] = 0
        else:
            trail[k] = _gram_of(slots, grams, _pair(before, trail[k - 1]))
        before = held


@kernel(f"void({READ_U64}, int64, uint64[::1], uint32[::1])")
def put_pairs(keys, number, slots, grams):  # type: ignore[no-untyped-def]
    """Put pairs, which are not there yet, into an open-addressing table (a power of two); their grams are numbered from ``number`` on."""
    mask = np.uint64(len(grams) - 1)
    for i in range(len(keys)):
        slot = _spot(keys[i], mask)
        while slots[slot] != 0:
            slot = (slot + np.uint64(1)) & mask
        slots[slot] = keys[i]
        grams[slot] = number + i


@kernel(
    f"void({READ_U32}, {READ_I64}, {READ_I64}, {READ_U32}, {READ_U64}, {READ_U32}, int64, uint32[::1], uint32[::1])"
)
def mark_pairs(tokens, first, documents, words, slots, grams, length, trail, buckets):  # type: ignore[no-untyped-def]
    """Count in which bucket each pair of grams in a row falls: one below a limit holds no pair that reaches it.

    Args:
        tokens: The term at each position.
        first: Where each document begins and the last one ends.
        documents: Those to look at.
        words: The gram of one word of each term, 0 for none and for the sentence end.
        slots, grams: The table of ``put_pairs``.
        length: Words of the grams that are paired.
        trail: Room for as many numbers.
        buckets: Brought up to date; a power of two.
    """
    mask = np.uint64(len(buckets) - 1)
    for document in documents:
        for k in range(length):
            trail[k] = 0
        for at in range(first[document], first[document + 1]):
            before = trail[length - 1]
            _advance(trail, words[tokens[at]], length, slots, grams)
            if before != 0 and trail[length - 1] != 0:
                buckets[_spot(_pair(before, trail[length - 1]), mask)] += np.uint32(1)


@kernel(
    f"int64({READ_U32}, {READ_I64}, {READ_I64}, {READ_U32}, {READ_U64}, {READ_U32}, int64, {READ_U32}, int64, int64, int64, "
    "int64, uint32[::1], uint64[::1], uint32[::1], int64[::1])"
)
def count_pairs(  # type: ignore[no-untyped-def]
    tokens,
    first,
    documents,
    words,
    slots,
    grams,
    length,
    buckets,
    least,
    part,
    parts,
    base,
    trail,
    keys,
    held,
    used,
):
    """1 when every pair of a part was counted, 0 when the table is three quarters full.

    Args:
        tokens, first, documents, words, slots, grams, trail: As for ``mark_pairs``.
        length: Words of the grams that are paired; 0 to count single ones.
        buckets: What ``mark_pairs`` wrote.
        least: Pairs in buckets below are not counted.
        part, parts: Only pairs of this part of so many.
        base: A number for the first document; each table sees a number once, and never 0.
        keys: An open-addressing table of pairs (a power of two), brought up to date.
        held: Of each pair hits, documents, most hits in one document, the last document and the hits in it.
        used: How many pairs there are, (1,); brought up to date.
    """
    mask = np.uint64(len(keys) - 1)
    bucket_mask = np.uint64(len(buckets) - 1)
    room = 3 * len(keys) // 4
    deep = max(length, 1)
    for i in range(len(documents)):
        serial = np.uint32(base + i)
        for k in range(deep):
            trail[k] = 0
        for at in range(first[documents[i]], first[documents[i] + 1]):
            before = trail[deep - 1]
            _advance(trail, words[tokens[at]], deep, slots, grams)
            here = trail[deep - 1]
            if here == 0 or (length > 0 and before == 0):
                continue
            key = _pair(before, here) if length > 0 else np.uint64(here)
            if buckets[_spot(key, bucket_mask)] < least:
                continue
            if parts > 1 and np.int64((key * _FNV_PRIME) >> np.uint64(40)) % parts != part:
                continue
            slot = _spot(key, mask)
            while keys[slot] != 0 and keys[slot] != key:
                slot = (slot + np.uint64(1)) & mask
            place = np.int64(slot) * 5
            if keys[slot] == 0:
                if used[0] >= room:
                    return 0
                used[0] += 1
                keys[slot] = key
            if held[place + 3] != serial:
                held[place + 3] = serial
                held[place + 4] = 0
                held[place + 1] += np.uint32(1)
            held[place] += np.uint32(1)
            held[place + 4] += np.uint32(1)
            held[place + 2] = max(held[place + 2], held[place + 4])
    return 1


@kernel(
    f"void({READ_U32}, {READ_I64}, {READ_I64}, {READ_I64}, {READ_I64}, {READ_I64}, {READ_I64}, {READ_U32}, {READ_U64}, {READ_U32}, "
    f"{READ_U32}, int64, int64, int64, int64, uint32[::1], int64[::1], int64[::1])"
)
def sum_grams(  # type: ignore[no-untyped-def]
    tokens,
    first,
    documents,
    cells,
    groups,
    clusters,
    exposure,
    words,
    slots,
    grams,
    rows,
    length,
    low,
    high,
    width,
    trail,
    sums,
    states,
):
    """Add up hits, and their moments over groups of documents, of some grams.

    Documents of one group follow one another, and groups of one cluster, first those with a cell: squares grow by 2x + 1 with
    each hit.

    Args:
        tokens, first, words, slots, grams, trail: As for ``mark_pairs``.
        documents: Those to look at.
        cells: The cell of each, below ``width``; -1 where only the cluster counts.
        groups: The group of each, from 1.
        clusters: Its cluster, from 1.
        exposure: Words of its group.
        rows: One more than the row of each gram; 0 for none.
        length: Words of the longest.
        low, high: Which rows are added up.
        width: Cells a row.
        sums: Brought up to date: for each row and cell hits, and hits times the exposure of their group.
        states: Brought up to date: for each row eight numbers, the sum over groups of squared hits, hits in the last
            group, the last group, the last cluster, groups with a hit, clusters with one, and both again of those with a cell.
    """
    for i in range(len(documents)):
        for k in range(length):
            trail[k] = 0
        cell, group, cluster = cells[i], groups[i], clusters[i]
        for at in range(first[documents[i]], first[documents[i] + 1]):
            _advance(trail, words[tokens[at]], length, slots, grams)
            for k in range(length):
                if trail[k] == 0:
                    break
                row = np.int64(rows[trail[k]]) - 1
                if row < low or row >= high:
                    continue
                state = 8 * (row - low)
                if states[state + 3] != cluster:
                    states[state + 3] = cluster
                    states[state + 5] += 1
                    states[state + 7] += cell >= 0
                if states[state + 2] != group:
                    states[state + 2] = group
                    states[state + 1] = 0
                    states[state + 4] += 1
                    states[state + 6] += cell >= 0
                if cell >= 0:
                    states[state] += 2 * states[state + 1] + 1
                    states[state + 1] += 1
                    place = 2 * ((row - low) * width + cell)
                    sums[place] += 1
                    sums[place + 1] += exposure[i]


@kernel(
    f"void({READ_U32}, {READ_I64}, {READ_I64}, {READ_I64}, {READ_I64}, {READ_I64}, {READ_U32}, {READ_U64}, {READ_U32}, "
    f"{READ_U32}, int64, int64, int64, int64, int64, uint32[::1], int64[::1])"
)
def contrast_grams(  # type: ignore[no-untyped-def]
    tokens,
    first,
    documents,
    sides,
    groups,
    exposure,
    words,
    slots,
    grams,
    rows,
    length,
    low,
    high,
    width,
    base,
    trail,
    states,
):
    """Add up hits on each side, their moments over groups of documents, and how they lie in documents.

    Documents of one group of a side follow one another: squares grow by 2x + 1 with each hit.

    Args:
        tokens, first, words, slots, grams, trail: As for ``mark_pairs``.
        documents: Those to look at.
        sides: The side of each, below ``width``.
        groups: The group of each, from 1.
        exposure: Words of its group.
        rows: One more than the row of each gram; 0 for none.
        length: Words of the longest.
        low, high: Which rows are added up.
        width: Sides.
        base: A number above 0, so that with the place of a document in all calls it is the document's own.
        states: Brought up to date: for each row and side ten numbers, the hits, the sum over groups of squared hits, that of
            hits times exposure, groups with a hit, documents with one, most hits in a document, hits in the last group, the
            last group, hits in the last document, the last document.
    """
    for i in range(len(documents)):
        for k in range(length):
            trail[k] = 0
        side, group, document, words_there = sides[i], groups[i], base + i, exposure[i]
        for at in range(first[documents[i]], first[documents[i] + 1]):
            _advance(trail, words[tokens[at]], length, slots, grams)
            for k in range(length):
                if trail[k] == 0:
                    break
                row = np.int64(rows[trail[k]]) - 1
                if row < low or row >= high:
                    continue
                state = 10 * ((row - low) * width + side)
                if states[state + 7] != group:
                    states[state + 7] = group
                    states[state + 6] = 0
                    states[state + 3] += 1
                if states[state + 9] != document:
                    states[state + 9] = document
                    states[state + 8] = 0
                    states[state + 4] += 1
                states[state] += 1
                states[state + 1] += 2 * states[state + 6] + 1
                states[state + 2] += words_there
                states[state + 6] += 1
                states[state + 8] += 1
                states[state + 5] = max(states[state + 5], states[state + 8])


@kernel(
    f"void({READ_U32}, {READ_I64}, {READ_I64}, {READ_I64}, {READ_I64}, {READ_I32}, int64, {READ_I64}, {READ_I64}, {READ_I64}, "
    f"{READ_I64}, int64, int64[::1], int64[::1], int64[::1], int64[::1], int64[::1], int64[::1])"
)
def contrast_postings(  # type: ignore[no-untyped-def]
    postings,
    starts,
    ends,
    runs,
    first,
    landmarks,
    step,
    sides,
    groups,
    exposure,
    columns,
    wide,
    in_document,
    documents,
    in_group,
    met,
    table,
    sums,
):
    """As ``contrast_grams``, for words, from their postings; groups that go on in another segment are tabulated instead.

    Args:
        postings, starts, ends, first, landmarks, step: As for ``count_postings``.
        runs: The first run of each row and the end of the last one's, (rows + 1,).
        sides: The side of each document, -1 for one of neither.
        groups: The group of each document in this segment, from 0; every group lies on one side.
        exposure: Words of the group of each document, in all segments.
        columns: The column of each group in the table; -1 for one that lies in this segment alone.
        wide: Columns of the table.
        in_document, in_group: Zeros, one for each document and group, and zeros again afterwards.
        documents, met: Room for as many.
        table: Brought up to date: hits of each row in each column.
        sums: Brought up to date: for each row and each of two sides six numbers as ``contrast_grams`` has them; without squares and
            groups of the tabulated.
    """
    for row in range(len(runs) - 1):
        held = 0
        for run in range(runs[row], runs[row + 1]):
            document = np.int64(0)
            end = np.int64(0)
            for at in range(starts[run], ends[run]):
                position = np.int64(postings[at])
                if position >= end:
                    document = np.int64(landmarks[position >> step])
                    end = first[document + 1]
                    while position >= end:
                        document += 1
                        end = first[document + 1]
                if sides[document] < 0:
                    continue
                if in_document[document] == 0:
                    documents[held] = document
                    held += 1
                in_document[document] += 1
        others = 0
        for i in range(held):
            document = documents[i]
            hits = in_document[document]
            in_document[document] = 0
            group = groups[document]
            place = 6 * (2 * row + sides[document])
            sums[place] += hits
            sums[place + 2] += hits * exposure[document]
            sums[place + 4] += 1
            sums[place + 5] = max(sums[place + 5], hits)
            if columns[group] >= 0:
                table[row * wide + columns[group]] += hits
            else:
                if in_group[group] == 0:
                    met[2 * others] = group
                    met[2 * others + 1] = place
                    others += 1
                in_group[group] += hits
        for i in range(others):
            group, place = met[2 * i], met[2 * i + 1]
            sums[place + 1] += in_group[group] * in_group[group]
            sums[place + 3] += 1
            in_group[group] = 0
