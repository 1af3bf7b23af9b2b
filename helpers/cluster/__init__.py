"""Real processes for the distributed lessons: N ranks, joined in one torch.distributed group.

    ranks = cluster.start(2)
    ranks.run(function, 3)  # function(3) on every rank at once: a list of what each returned

Inside the function `torch.distributed` is ready. On one machine nothing needs to be set up; on several, an
ipyparallel profile says how to start the processes there (`profile=`, or GLASSBOX_PROFILE).
"""

from __future__ import annotations

from helpers.cluster.processes import RankError
from helpers.cluster.ranks import Ranks, start

__all__ = ["RankError", "Ranks", "start"]
