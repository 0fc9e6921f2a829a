"""What several language model modules share."""
