"""Members' points, organisers and their turns, and how often people may be asked: see PEOPLE.md."""
