"""How much of everything is measured: enough for steady figures, or just enough to see that it runs."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Counts:
    """Numbers of repetitions and of rows. `small` and `large` are the two sizes that are compared."""

    rounds: int  # commands and submissions to each app
    stored: int  # submissions saved, once one after another and once by several tasks
    tasks: int
    idle_seconds: float  # before memory is read
    small_directory: int
    large_directory: int
    searches: int  # in each directory
    small_network: int  # open escalations, and open actions
    large_network: int
    due: int  # of those escalations, in either network
    looks: int  # idle ticks
    reminded: int  # actions to be reminded of at nine
    verified: int  # entries of an exported journal
    few_concerns: int  # in either database of which one's own are listed
    many_concerns: int
    small_log: int  # actions of one group
    large_log: int
    agenda: int  # new concerns in one digest

    def __post_init__(self) -> None:
        assert self.small_directory <= self.large_directory
        assert self.due <= self.small_network <= self.large_network


FULL = Counts(
    rounds=200,
    stored=300,
    tasks=8,
    idle_seconds=5,
    small_directory=10_000,
    large_directory=100_000,
    searches=300,
    small_network=10_000,
    large_network=100_000,
    due=1_000,
    looks=100,
    reminded=10_000,
    verified=100_000,
    few_concerns=10_000,
    many_concerns=1_000_000,
    small_log=5_000,
    large_log=50_000,
    agenda=500,
)
QUICK = Counts(
    rounds=2,
    stored=16,
    tasks=8,
    idle_seconds=0.1,
    small_directory=100,
    large_directory=300,
    searches=4,
    small_network=10,
    large_network=30,
    due=10,
    looks=2,
    reminded=100,
    verified=200,
    few_concerns=40,
    many_concerns=120,
    small_log=12,
    large_log=36,
    agenda=20,
)
