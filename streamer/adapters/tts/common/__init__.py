"""What several speech engines share: texts, sound formats, HTTP."""
