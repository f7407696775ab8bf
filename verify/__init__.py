"""Holds the product to published reference numbers: each case names its source."""
