"""The embedded engine and the user's backends, with the dialog and the status chip for them."""
