"""What the lines of a solution compute, beside those of the reference."""

from judge.tracing.tracer import trace_of

__all__ = ["trace_of"]
