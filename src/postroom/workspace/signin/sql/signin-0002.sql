-- Who asked for a device code: an address of IPv4, or the network of one of IPv6. Empty where nobody knows.
ALTER TABLE device ADD COLUMN address TEXT NOT NULL DEFAULT '';
