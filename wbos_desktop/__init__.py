"""WBOS Desktop: group norms, incidents, protocols and meetings in one encrypted vault."""

__version__ = "0.1.0"
