"""From a submission to a verdict, in stages: run, decide, minimise, explain, conclude."""

from judge.judging.conclusion import unfinished
from judge.judging.cost_decisions import CostDecisions
from judge.judging.grade import judge_submission
from judge.judging.judgement import KIND_ONLY, Judgement, Plan, judge_trial
from judge.judging.run import Manner, OnFirstFailure, Question, Run
from judge.judging.trial import Failure, Trial, limits_of

__all__ = [
    "KIND_ONLY",
    "CostDecisions",
    "Failure",
    "Judgement",
    "Manner",
    "OnFirstFailure",
    "Plan",
    "Question",
    "Run",
    "Trial",
    "judge_submission",
    "judge_trial",
    "limits_of",
    "unfinished",
]
