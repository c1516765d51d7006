"""Lesson: ten questions, each answered by a guess before it is revealed."""
