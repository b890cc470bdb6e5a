"""What every adapter uses: clients, settings, errors, counters, timing."""
