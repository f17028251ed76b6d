"""What plugins bring besides layers, put to work: each kind of contribution has its one consumer here or in its room.

Readers are offered by :mod:`twin.io.contributed`, feeds by :mod:`twin.work.feeds`, indicators by
:mod:`twin.work.indicators`, networks by the registry as the ``networks`` of their layer.
"""

from __future__ import annotations
