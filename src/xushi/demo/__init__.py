"""The demo plant: a virtual engine-assembly line behind real industrial protocols."""
