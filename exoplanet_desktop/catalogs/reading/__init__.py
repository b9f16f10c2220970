"""From the bytes of a file to its layout: compression, encoding, header, delimiter, column names."""
