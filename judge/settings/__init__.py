"""What the person has set: configuration, limits, places on disk, and whose they are."""

from judge.settings.configuration import (
    SANDBOXES,
    Configuration,
    Places,
    read_configuration,
    read_places,
    server_is_wanted,
    wants_colour,
)
from judge.settings.ownership import require_own
from judge.settings.seeds import LARGEST_SEED, fresh_seed

__all__ = [
    "LARGEST_SEED",
    "SANDBOXES",
    "Configuration",
    "Places",
    "fresh_seed",
    "read_configuration",
    "read_places",
    "require_own",
    "server_is_wanted",
    "wants_colour",
]
