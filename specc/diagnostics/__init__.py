"""What specc tells a user: the diagnostic value, its renderers, and the catalogue of codes with their pages."""

from specc.diagnostics.diagnostic import Diagnostic, InternalError, Note

__all__ = ["Diagnostic", "InternalError", "Note"]
