"""What tests share: the plain oracle, and what a machine must have for some of them."""
