"""Who needs which training, as trainers may see it."""
