"""Command line of the launcher: `python passpro/embedded <command>` (see the Makefile)."""

import os
import sys
from pathlib import Path

# Run by path, before anything is installed: find `passpro`, and hide this folder's module names.
sys.path[0] = str(Path(__file__).resolve().parents[2])

from passpro.embedded.places import EmbeddedError, Place
from passpro.embedded.servers import CHECKOUT, erase, keep, stop


def main(arguments: list[str]) -> int:
    match arguments:
        case ["keep", root, name, report]:
            # A grandchild: nobody waits for it.
            if os.fork():
                os._exit(0)
            os.chdir("/")
            keep(Place(Path(root), name), int(report))
        case ["stop", *names]:
            for name in names or ["demo", "test"]:
                stop(CHECKOUT, name)
        case ["reset", *names]:
            for name in names or ["demo", "test"]:
                erase(CHECKOUT, name)
        case _:
            print(__doc__)
            return 2
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except EmbeddedError as error:
        sys.exit(str(error))
