"""Chat logs as other programs write them: one module per format, told apart by what is in the file (`detect`)."""
