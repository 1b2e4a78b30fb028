"""Files for `chalicelib/handlers/`, which a team copies and keeps."""
