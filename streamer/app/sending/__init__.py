"""What the show itself writes into chats, and what its moderators write to it."""
