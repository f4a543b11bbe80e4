class AdamW:
    """AdamW: params holds tensors, or dicts with "params" and options of their own."""

    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
        raise NotImplementedError("Write the constructor of AdamW.")

    def step(self):
        """Update every parameter that has a gradient, in place."""
        raise NotImplementedError("Write step of AdamW.")

    def zero_grad(self):
        """Set the gradient of every parameter to None."""
        raise NotImplementedError("Write zero_grad of AdamW.")
