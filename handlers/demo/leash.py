"""Runs a command that ends when its parent does: `python leash.py PARENT_PID COMMAND…`.

A parent that is killed outright can end nobody any more, so the child asks the kernel for it before it becomes the
command. Only Linux offers that; elsewhere the command runs as it is, and ends with an orderly end of its parent.
This file imports nothing of ours, so that it starts in a few milliseconds.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    parent, command = int(sys.argv[1]), sys.argv[2:]
    if sys.platform == "linux":
        # SIGTERM, so that it ends in order, and its own children with it.
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it died before the kernel was asked
            sys.exit(1)
    os.execv(command[0], command)  # noqa: S606 - the command is the one it was given


if __name__ == "__main__":
    main()
