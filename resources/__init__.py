"""Fonts, icons, theme, catalogues and translations; data only."""
