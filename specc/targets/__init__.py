"""What a Program may call, and what is known of it."""
