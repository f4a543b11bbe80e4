"""Which sandbox a file runs in, what has worked on this machine before, and what `judge doctor` finds."""

from judge.isolation.doctor import Found, Report, examine
from judge.isolation.sandboxes import Sandbox, look_again, open_sandbox, require, warning

__all__ = ["Found", "Report", "Sandbox", "examine", "look_again", "open_sandbox", "require", "warning"]
