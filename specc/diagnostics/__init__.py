"""What specc tells a user: the diagnostic value, its renderers, and the catalogue of codes with their pages."""

from specc.diagnostics.diagnostic import Diagnostic, Edit, Fix, InternalError, Note, Severity, errors_in, replacement

__all__ = ["Diagnostic", "Edit", "Fix", "InternalError", "Note", "Severity", "errors_in", "replacement"]
