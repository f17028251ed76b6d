"""``python -m twin.synth`` builds the demo city in ``assets/demo``."""

from __future__ import annotations

from twin.synth.demo import main

raise SystemExit(main())
