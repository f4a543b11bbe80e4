"""Connects from an event loop, in a thread of its own.

Problem: lstm
Verdict: sandbox_violation | runtime_error | wrong_answer
Naive: connects
"""

import asyncio
import threading

import numpy as np


async def visit():
    _, writer = await asyncio.wait_for(asyncio.open_connection("127.0.0.1", int("@PORT@")), 0.5)
    writer.close()


def work():
    try:
        asyncio.run(visit())
    except OSError as error:
        print(error)


def attack():
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
