"""How fast, how heavy and how it grows: always beside something else measured in the same run."""

import warnings

# The embedded PostgreSQL looks for a desktop's folder, and says so on a server that has none.
warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR is not set")
