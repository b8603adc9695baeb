"""``python -m stridelab``: the same as the command ``stridelab``."""

from stridelab.cli.app import main

if __name__ == "__main__":
    main()
