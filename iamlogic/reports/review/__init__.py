"""What a change to many policies means, in every format that people or machines read."""
