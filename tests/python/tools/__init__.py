"""Business tools that companies have, of a few records made up here, behind a server that answers as they document."""
