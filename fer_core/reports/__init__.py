"""What is written about artifacts: figures gathered, as Markdown, as HTML, in sentences."""
