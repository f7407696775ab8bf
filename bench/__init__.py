"""Measures the product: each module's `run()` yields figures, as ratios against a baseline of the same run."""
