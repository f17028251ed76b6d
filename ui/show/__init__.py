"""The show: stories played, edited and presented, and what is taken away from them."""
