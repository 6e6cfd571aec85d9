"""The report of a published version: pages that are data (pages/, texts/), put into one HTML file a language."""
