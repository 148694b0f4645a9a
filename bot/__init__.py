"""Soundings: soft intelligence about the quality of care, shared between meetings."""
