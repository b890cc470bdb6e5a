"""What `sam build` makes: the layer and each function's folder, their sizes and their start."""
