"""PassPro: the project package. Kept empty so that `passpro.embedded` runs before Django exists."""
