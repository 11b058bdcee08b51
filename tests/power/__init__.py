"""Simulated power cuts: what a disk may hold when the power goes, and whether the vault opens."""
