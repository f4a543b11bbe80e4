"""No test leaves a resident judge behind: what calls `judge run` judges by itself, unless a test wants it otherwise."""

import os

os.environ["JUDGE_SERVER"] = "false"
