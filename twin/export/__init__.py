"""What is taken away: packs, videos, web pages, sheets. No Qt."""
