"""From the bytes of a file to its layout: packing, encoding, header, delimiter, column names."""
