"""Timed practice: sessions against the clock, reviews after growing intervals, a plan, and how it is going.

`events` and `state` are pure: what happened, and what follows from it. `clock` says how much time has passed, `records` keeps all
of it, `bench` judges with everything warm, `desk` brings these together, and the fronts talk to the person.
"""
