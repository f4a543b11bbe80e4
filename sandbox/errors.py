"""The sandbox's own failures."""


class SandboxUnavailable(Exception):
    """A run can't be had of this kind of sandbox now; the message says why and what would mend it.

    By itself it is a failure: a process was killed, a limit was met, an engine went away. Another try may go well.
    """


class SandboxRefused(SandboxUnavailable):
    """This kind of sandbox does not exist here: it was tried, and the system's answer is no. Another try gets the same answer."""
