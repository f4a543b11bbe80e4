"""What went wrong: what the failing cases show, and which known mistake answers as the solution does."""

from judge.explain.diagnosis import diagnose
from judge.explain.evidence import Evidence, evidence_of

__all__ = ["Evidence", "diagnose", "evidence_of"]
