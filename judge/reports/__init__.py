"""A verdict as text: for people, for continuous integration, as a picture. Reports print and decide nothing."""

__all__ = [
    "arrays",
    "comparison",
    "doctor",
    "history",
    "junit",
    "markup",
    "page",
    "places",
    "practice",
    "progress",
    "proof",
    "sandbox",
    "screenshot",
    "style",
    "terminal",
    "trace",
]
