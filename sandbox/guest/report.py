"""How the keeper of a container says how its run ended. Known on both sides."""

from __future__ import annotations

import struct

REPORT = struct.Struct("<16siqd")  # token, status as wait4(2) gives it, peak of resident memory in bytes, CPU seconds
