"""What the replay function does with records that failed; raw bytes go to the tokenizing functions and nowhere else."""
