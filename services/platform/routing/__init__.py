"""Files of ``pinlian route``."""
