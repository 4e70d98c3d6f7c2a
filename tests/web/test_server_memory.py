"""Threads of a web process share one heap."""

import subprocess
import sys

PROGRAM = """
import re, threading
from pathlib import Path
from pb.web.server_memory import share_one_heap

share_one_heap()
waiting = threading.Barrier(5)

def use_memory():
    kept = [bytes(50_000) for _ in range(200)]
    waiting.wait(30)
    waiting.wait(30)

threads = [threading.Thread(target=use_memory) for _ in range(4)]
for thread in threads:
    thread.start()
waiting.wait(30)
# A heap of a thread reserves 64 MB of addresses, most of which nobody may touch yet.
reserved = re.findall(r"^([0-9a-f]+)-([0-9a-f]+) ---p", Path("/proc/self/maps").read_text(), re.M)
print(sum(int(end, 16) - int(start, 16) > 2**25 for start, end in reserved))
waiting.wait(30)
"""


def test_no_thread_gets_a_heap_of_its_own():
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )

    assert done.stdout == "0\n"
