"""What somebody has to look at: told once when it begins and once when it is over (docs/decisions/0071)."""
