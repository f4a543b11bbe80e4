"""What is right: one readable model answer for each problem.

A name that ends in capitals states its tensor's shape, one letter a dimension, in order (Noam Shazeer, "Shape
suffixes", 2024): `scores_BHTS` is [B, H, T, S]. Within one call a letter stands for one size. The letters are the
same in the whole project:

    B  batch
    T  positions of the sequence; in attention, those that ask: query positions, or tokens of the chunk
    S  positions that are attended to: keys and values, those from a cache and those of the chunk together
    D  model width; features of a point
    H  heads; hidden units of a network; rows of an image
    J  heads of keys and values, where several query heads share one
    K  width of one head, D / H (Dh in the statements); clusters of k-means
    I  input width; input channels of one group
    P  pairs of features of a head, K / 2
    O  output width; output channels of one group
    F  inner width of an MLP
    R  rank of a low-rank update
    V  vocabulary, or classes
    G  gates of the LSTM stacked, 4 * H; groups of channels
    N  items that count, of however many dimensions
    C  channels of an image, those of all groups together
    W  columns of an image
    Y  rows of a convolution's result: places of the kernel, one below the other
    X  columns of it
    U  rows of a kernel
    L  columns of a kernel
"""

__all__ = ["LETTERS"]

LETTERS: dict[str, str] = {
    "B": "batch",
    "T": "sequence or query positions",
    "S": "key positions, cached ones included",
    "D": "model width, or features",
    "H": "heads, hidden units, or rows of an image",
    "J": "key-value heads",
    "K": "head width, or clusters",
    "I": "input width, or input channels of one group",
    "P": "pairs of features, K / 2",
    "O": "output width, or output channels of one group",
    "F": "inner width of an MLP",
    "R": "rank",
    "V": "vocabulary, or classes",
    "G": "gates, 4 * H, or groups of channels",
    "N": "items that count",
    "C": "channels",
    "W": "columns of an image",
    "Y": "rows of a convolution's result",
    "X": "columns of a convolution's result",
    "U": "rows of a kernel",
    "L": "columns of a kernel",
}
