"""Xushi (虚实): a factory's descriptions and live data as a shared 3D world."""
