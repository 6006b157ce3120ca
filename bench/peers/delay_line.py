"""A network whose frames take time, for kernels without netem: python3 delay_line.py MILLISECONDS TAP TAP ...

Each frame that comes from one tap device goes to all others so many milliseconds later. Says "ready" once it listens.
"""

import collections
import fcntl
import os
import select
import struct
import sys
import time

TUNSETIFF = 0x400454CA
IFF_TAP, IFF_NO_PI = 0x0002, 0x1000


def opened(name):
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH", name.encode(), IFF_TAP | IFF_NO_PI))
    return device


def main():
    delay = float(sys.argv[1]) / 1000
    taps = [opened(name) for name in sys.argv[2:]]
    waiting = collections.deque()
    print("ready", flush=True)
    while True:
        left = max(0, waiting[0][0] - time.monotonic()) if waiting else None
        for tap in select.select(taps, [], [], left)[0]:
            while True:
                try:
                    waiting.append((time.monotonic() + delay, tap, os.read(tap, 65536)))
                except BlockingIOError:
                    break
        while waiting and waiting[0][0] <= time.monotonic():
            _, source, frame = waiting.popleft()
            for tap in taps:
                if tap != source:
                    try:
                        os.write(tap, frame)
                    except BlockingIOError:
                        pass


main()
