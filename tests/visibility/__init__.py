"""What may be seen by whom: two worlds, equal in everything a reader may see, answer that reader alike."""
