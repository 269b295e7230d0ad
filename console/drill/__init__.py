"""A practice incident on the practice shop, played from a scenario and scored by the guide."""
