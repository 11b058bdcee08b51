"""Speed and memory beside baselines of the same run; `python3 dev.py bench`."""
