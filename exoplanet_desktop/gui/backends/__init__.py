"""Who answers: the embedded engine and the backends that the user knows, and the dialog and chip that show them."""
