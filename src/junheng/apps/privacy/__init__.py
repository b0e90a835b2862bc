"""Personal data shown, handed out, agreed to, kept and forgotten by rule."""
