"""An AWS on loopback to deploy to: it runs functions and enforces their permissions."""
