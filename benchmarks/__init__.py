"""Speed, as ratios measured side by side in one run. Each module: ``run(quick) -> dict``."""

import ui  # noqa: F401 - before numpy, so that it allocates as in the application
