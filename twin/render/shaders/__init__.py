"""The programs that run on the graphics card, as text: small chunks joined for each material."""
