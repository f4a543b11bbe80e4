"""Byte-pair encoding, in plain Python: 0 to 255 are bytes, and the pair at place i of the merges is token 256 + i."""


def train(text: str, num_merges: int) -> list[tuple[int, int]]:
    """The pairs that are merged, in their order."""
    raise NotImplementedError


def encode(text: str, merges: list[tuple[int, int]]) -> list[int]:
    """The tokens of a text."""
    raise NotImplementedError


def decode(ids: list[int], merges: list[tuple[int, int]]) -> str:
    """The text of some tokens."""
    raise NotImplementedError
