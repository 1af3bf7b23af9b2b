"""Loaded by every Python that a tested kernel starts: refuses the network. See `glassbox_guard`."""

import glassbox_guard

glassbox_guard.block_network()
