"""The commands of ``pinlian``, one file each, read when they are asked for: a process loads what it needs."""

import os
from importlib import import_module

import click
from sqlalchemy.exc import SQLAlchemyError

from services.chassis.errors import StartupError
from services.kernel.errors import Refusal

# What a shell expects: 1 the work was done and something is wrong with its result, 2 it could not be done.
MISTAKE = 2
INTERRUPTED = 130


class Commands(click.Group):
    """The commands, by the names of their files."""

    NAMES = (
        *("up", "demo", "play", "serve", "migrate", "tokens", "keys", "check-in", "ledger", "dead-letters", "sandbox"),
        *("jielong", "log", "merge", "route", "assign"),
    )

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, as the help shows them."""
        return sorted(self.NAMES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, or None if there is none of that name."""
        if cmd_name not in self.NAMES:
            return None
        name = cmd_name.replace("-", "_")
        return getattr(import_module(f"services.platform.commands.{name}"), name)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def pinlian() -> None:
    """Pinlian merges the needs of many communities into one group purchase.

    拼联：把多个社群的需求合成一次团购。
    """


def run() -> int:
    """Run the command line and return the exit code; what an operator can mend is one line on stderr."""
    try:
        return pinlian(prog_name="pinlian", standalone_mode=False) or 0
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.ClickException as mistake:
        mistake.show()
        return mistake.exit_code
    except (KeyboardInterrupt, click.Abort):
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has seen enough; Python would complain again when it closes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 0
    except StartupError as error:
        return _complain(str(error))
    except Refusal as refusal:
        return _complain(f"{refusal.message} ({refusal.code})")
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()
        return _complain(f"the database refused: {reason[0] if reason else type(error).__name__}")


def _complain(line: str) -> int:
    click.echo(f"pinlian: {' '.join(line.split())}", err=True)
    return MISTAKE
