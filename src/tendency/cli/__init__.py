"""The command line: each command is one call of the library, with the same name and options."""

from __future__ import annotations

import errno
import gc
import os
import signal
import sys
from typing import NoReturn

from tendency.cli.output import say
from tendency.errors import TendencyError

_USER_MISTAKE = 1
_INTERRUPTED = 130
_COLLECT_AFTER = 50_000


def main() -> None:
    """Run the command line; a user's mistake is one message on standard error, never a traceback."""
    # By default rubbish is looked for hundreds of times while libraries are imported, and there is none.
    gc.set_threshold(_COLLECT_AFTER)
    try:
        from tendency.cli.commands import app

        app()
    except TendencyError as error:
        say(f"tendency: {error}")
        sys.exit(_USER_MISTAKE)
    except BrokenPipeError:
        # The reader (head, less) has gone: nothing more to say, and nothing to flush into.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except KeyboardInterrupt:
        _interrupted()
    except SystemExit as ended:
        # So the library that reads the arguments ends at an interrupt, without a word.
        if ended.code == _INTERRUPTED:
            _interrupted()
        raise
    except OSError as error:
        say(f"tendency: {_system_message(error)}")
        sys.exit(_USER_MISTAKE)


def _interrupted() -> NoReturn:
    say("tendency: stopped; what was committed before stays as it was")
    # Threads end at their next look at the deadline; who does not want to wait for that may interrupt again.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    sys.exit(_INTERRUPTED)


def _system_message(error: OSError) -> str:
    where = f"{error.filename}: " if error.filename else ""
    if error.errno == errno.ENOSPC:
        return (
            f"{where}the disk is full; make room and run the command again, what was committed is untouched"
        )
    return f"{where}{error.strerror or error}"
