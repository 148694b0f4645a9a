"""How fast, how heavy and how it grows: always beside something else measured in the same run."""
