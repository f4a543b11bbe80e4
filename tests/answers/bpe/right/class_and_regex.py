"""A tokenizer class behind three functions; pairs are replaced by a regular expression over characters in the private planes."""

import re
from collections import Counter
from typing import NamedTuple


class Pair(NamedTuple):
    first: int
    second: int


class Tokenizer:
    def __init__(self, merges=()):
        self.merges = [Pair(*pair) for pair in merges]

    @staticmethod
    def spread(text):
        return "".join(chr(0xF0000 + byte) for byte in text.encode())

    @staticmethod
    def sign(token):
        return chr(0xF0000 + token)

    def learn(self, text, steps):
        row = self.spread(text)
        while len(self.merges) < steps:
            seen = Counter(row[i : i + 2] for i in range(len(row) - 1))
            if not seen:
                return self
            pair, number = min(seen.items(), key=lambda item: (-item[1], item[0]))
            if number < 2:
                return self
            row = re.sub(re.escape(pair), self.sign(256 + len(self.merges)), row)
            self.merges.append(Pair(*(ord(sign) - 0xF0000 for sign in pair)))
        return self

    def encode(self, text):
        row = self.spread(text)
        for number, pair in enumerate(self.merges):
            row = re.sub(self.sign(pair.first) + self.sign(pair.second), self.sign(256 + number), row)
        return [ord(sign) - 0xF0000 for sign in row]

    def decode(self, ids):
        words = [bytes([byte]) for byte in range(256)]
        words += [words[a] + words[b] for a, b in []]
        for a, b in self.merges:
            words.append(words[a] + words[b])
        if ids and not (min(ids) >= 0 and max(ids) < len(words)):
            raise ValueError("unknown id")
        return b"".join(map(words.__getitem__, ids)).decode("utf8", "replace")


def train(text, num_merges):
    if num_merges < 0:
        raise ValueError
    return Tokenizer().learn(text, num_merges).merges


def encode(text, merges):
    return Tokenizer(merges).encode(text)


def decode(ids, merges):
    return Tokenizer(merges).decode(ids)
