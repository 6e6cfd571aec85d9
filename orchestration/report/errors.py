"""What stops a report, and the publication with it."""


class ReportError(Exception):
    """A page asks for what the version does not hold, or says what nobody understands. The version before stays."""
