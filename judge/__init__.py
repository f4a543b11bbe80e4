"""What a person meets: the command line, judging, verdicts, reports."""
