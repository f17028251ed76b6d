"""Speed, as ratios measured side by side in one run. Each module: ``run(quick) -> dict``."""
