"""Practice sessions as events and states. Nothing here reads or writes."""

__all__ = ["choosing", "clock", "events", "schedule", "state", "view"]
