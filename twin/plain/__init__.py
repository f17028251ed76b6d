"""What the engine's own classes and tables hold, as bytes that run no code: across a wall, or kept on disk."""
