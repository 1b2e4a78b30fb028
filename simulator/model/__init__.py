"""A language model that stands in: an OpenAI-compatible endpoint that makes its answers up."""
