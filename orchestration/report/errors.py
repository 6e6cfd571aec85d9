"""What stops a report, and the publication with it."""


class ReportError(Exception):
    """The report cannot be made from the version: a page asks for what is not there, or says what nobody understands."""
