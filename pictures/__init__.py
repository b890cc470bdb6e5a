"""The architecture's pictures, drawn from template.yaml: who may do what to which part, as the policies say it."""
