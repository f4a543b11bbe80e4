"""The reference's answers, and how sure they are: the noise of torch, NumPy and Python."""

from judge.oracle.reference import (
    ArrayReference,
    Expected,
    Reference,
    load_module,
    load_reference,
    module_name,
    reference_of,
)

__all__ = ["ArrayReference", "Expected", "Reference", "load_module", "load_reference", "module_name", "reference_of"]
