"""Documents: the same Markdown that chat shows, drawn on paper, and records for machines."""
