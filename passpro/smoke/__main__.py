"""`python -m passpro.smoke`: play the journey, one line a step; exit code 0 only if all holds."""

import sys
import time

from passpro.smoke.journey import Journey
from passpro.smoke.product import Product


def main() -> int:
    started = time.monotonic()

    def say(line: str) -> None:
        print(f"[{time.monotonic() - started:6.1f} s] {line}", flush=True)

    try:
        with Product() as product:
            say(f"Installation jetable prête sur {product.origin}")
            try:
                Journey(product, say).play()
            except AssertionError as error:
                say(f"ÉCHEC : {error}\n{product.log[-4000:]}")
                return 1
    except AssertionError as error:
        say(f"ÉCHEC : {error}")
        return 1
    say("Parcours complet réussi.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
