"""Ships the policies with the code: who may reveal what, and how much of it."""
