"""An AWS on loopback to which one can deploy: it runs functions, and lets them do what they may."""
