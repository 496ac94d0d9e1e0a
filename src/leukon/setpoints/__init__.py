"""The person's own level and band, from their earlier counts."""
