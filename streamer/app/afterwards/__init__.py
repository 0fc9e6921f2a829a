"""What stays of a show: subtitles, a transcript and chapters of what was heard."""
