"""Table models and the catalog view, used by every tab."""
