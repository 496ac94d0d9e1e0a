"""The newsletter: who asked for it and confirmed it, its issues, and the sending of them."""
