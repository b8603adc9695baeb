"""Recovery: heart-rate variability, what is usual for an athlete, and how far a heart rate can be trusted."""
