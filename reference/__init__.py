"""What is right: one readable model answer for each problem.

A name that ends in capitals states its tensor's shape, one letter a dimension, in order (Noam Shazeer, "Shape
suffixes", 2024): `scores_BHTS` is [B, H, T, S]. Within one call a letter stands for one size. The letters are the
same in the whole project:

    B  batch
    T  positions of the sequence; in attention, those that ask: query positions, or tokens of the chunk
    S  positions that are attended to: keys and values, those from a cache and those of the chunk together
    D  model width
    H  heads; hidden units of a network
    J  heads of keys and values, where several query heads share one
    K  width of one head, D / H (Dh in the statements)
    I  input width
    P  pairs of features of a head, K / 2
    O  output width
    F  inner width of an MLP
    R  rank of a low-rank update
    V  vocabulary, or classes
    G  gates of the LSTM stacked, 4 * H
    N  items that count, of however many dimensions
"""

__all__ = ["LETTERS"]

LETTERS: dict[str, str] = {
    "B": "batch",
    "T": "sequence or query positions",
    "S": "key positions, cached ones included",
    "D": "model width",
    "H": "heads, or hidden units",
    "J": "key-value heads",
    "K": "head width",
    "I": "input width",
    "P": "pairs of features, K / 2",
    "O": "output width",
    "F": "inner width of an MLP",
    "R": "rank",
    "V": "vocabulary, or classes",
    "G": "gates, 4 * H",
    "N": "items that count",
}
