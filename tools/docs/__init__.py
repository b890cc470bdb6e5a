"""What of the documentation follows from the template and the code: the architecture's pictures, and the reference."""
