"""The sandbox's own failures."""


class SandboxUnavailable(Exception):
    """This kind of sandbox does not work on this machine; the message says why and what would mend it."""
