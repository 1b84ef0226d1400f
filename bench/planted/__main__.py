"""``python -m bench.planted``: planted truths over many seeds."""

from bench.planted.seeds import main

if __name__ == "__main__":
    main()
