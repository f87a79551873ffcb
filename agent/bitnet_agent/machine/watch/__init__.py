"""What the system and other programs do while a span is measured."""
