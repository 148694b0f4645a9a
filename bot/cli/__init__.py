"""`soundings`: the commands of an operator, a secretariat and a newcomer."""

from bot.cli.main import main

__all__ = ["main"]
