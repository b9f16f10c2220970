"""How the program talks to a backend, be it one at an address or the embedded engine that it starts itself."""
