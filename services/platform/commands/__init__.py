"""The commands of ``pinlian``, one file each."""

import os

import click
from sqlalchemy.exc import SQLAlchemyError

from services.chassis.errors import StartupError
from services.kernel.errors import Refusal
from services.platform.commands.check_in import check_in
from services.platform.commands.dead_letters import dead_letters
from services.platform.commands.demo import demo
from services.platform.commands.keys import keys
from services.platform.commands.ledger import ledger
from services.platform.commands.migrate import migrate
from services.platform.commands.play import play
from services.platform.commands.sandbox import sandbox
from services.platform.commands.serve import serve
from services.platform.commands.tokens import tokens
from services.platform.commands.up import up

# What a shell expects: 1 the work was done and something is wrong with its result, 2 it could not be done.
MISTAKE = 2
INTERRUPTED = 130


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def pinlian() -> None:
    """Pinlian merges the needs of many communities into one group purchase.

    拼联：把多个社群的需求合成一次团购。
    """


for command in (up, demo, play, serve, migrate, tokens, keys, check_in, ledger, dead_letters, sandbox):
    pinlian.add_command(command)


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
