"""What of a source's weeks and days is out of line with its others: read profiles, judge, write."""
