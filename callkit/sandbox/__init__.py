"""A call centre in a box: invented calls over real HTTP, for trying, teaching and testing without an account."""
