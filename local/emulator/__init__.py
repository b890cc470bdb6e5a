"""The emulator with the deployed template."""
