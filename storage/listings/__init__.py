"""What listings show: one file a listing, rows as dicts with the contract's field names."""
