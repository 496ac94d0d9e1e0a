"""What runs a whole file through the comparison."""
