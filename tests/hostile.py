"""Files that mean no good, by what they do when `f` is called: what ends a run, and what would leave something behind."""

from pathlib import Path

HOSTILE = {
    "loops": "def f(x):\n    while True: pass\n",
    "sleeps": "import time\ndef f(x): time.sleep(100)\n",
    "takes memory": "kept = []\ndef f(x):\n    while True: kept.append(bytearray(1 << 20))\n",
    "forks": "import _posixsubprocess, os\ndef f(x):\n    try: os.fork()\n    except OSError: pass\n    while True: os.getpid()\n",
    "starts threads": "import threading, time\ndef f(x):\n    while True: threading.Thread(target=time.sleep, args=(100,)).start()\n",
    "crashes": "import signal\ndef f(x): signal.raise_signal(signal.SIGSEGV)\n",
    "exits": "import os\ndef f(x): os._exit(0)\n",
    "floods": "def f(x):\n    while True: print('x' * 10_000)\n",
    "forges": "import os\ndef f(x):\n    for n in range(3, 100):\n        try: os.write(n, bytes(100))\n        except OSError: pass\n",
    "stops itself": "import signal\ndef f(x): signal.raise_signal(signal.SIGSTOP)\n",
    "closes everything": "import os\ndef f(x): os.closerange(0, 300)\n",
    "recurses": "def f(x): return f(x)\n",
}
C_LIBRARY = (Path(__file__).parent / "attacks" / "parts" / "libc.py").read_text()  # asks no hook of Python's


def _in_c(call: str) -> str:
    """A file that makes a call of the C library until it is refused, ten times at most."""
    refused = "        if answer & 0x80000000: raise OSError('refused')\n"
    return f"{C_LIBRARY}\ndef f(x):\n    for n in range(10):\n        answer = {call}\n{refused}"


LEAVING = {
    "kills itself": _in_c("libc('raise')(9, 0, 0, 0, 0, 0)"),
    "opens descriptors": "import os\nkept = []\ndef f(x):\n    while True: kept.append(os.dup(1))\n",
    "makes pipes": "import os\nkept = []\ndef f(x):\n    while True: kept.append(os.pipe())\n",
    "writes files": "def f(x):\n    for n in range(100): open(f'/tmp/soak-{n}', 'wb').write(bytes(9999))\n",
    "writes files in C": _in_c("libc('open')(text(f'/tmp/soak-{n}'), 0o101, 0o600, 0, 0, 0)"),
    "writes to shared memory": _in_c("libc('open')(text(f'/dev/shm/soak-{n}'), 0o101, 0o600, 0, 0, 0)"),
    "makes segments": _in_c("libc('shmget')(0, 4096, 0o1600, 0, 0, 0)"),
    "makes semaphores": _in_c("libc('semget')(0, 2, 0o1600, 0, 0, 0)"),
    "makes queues": _in_c("libc('msgget')(0, 0o1600, 0, 0, 0, 0)"),
    "makes files in memory": _in_c("libc('memfd_create')(text('soak'), 0, 0, 0, 0, 0)"),
    "makes sockets": _in_c("libc('socket')(1, 1, 0, 0, 0, 0)"),
    "mounts": _in_c("libc('mount')(text('none'), text('/tmp'), text('tmpfs'), 0, 0, 0)"),
    "makes processes": _in_c("libc('fork')(0, 0, 0, 0, 0, 0) or libc('sleep')(600, 0, 0, 0, 0, 0)"),
}
