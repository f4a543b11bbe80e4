"""From a submission to a verdict."""

from judge.judging.grade import judge_submission
from judge.judging.trial import Failed, Trial, limits_of, load_checks

__all__ = ["Failed", "Trial", "judge_submission", "limits_of", "load_checks"]
