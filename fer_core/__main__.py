"""`python -m fer_core COMMAND`."""

from fer_core.cli import main

if __name__ == "__main__":
    main()
