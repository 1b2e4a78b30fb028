"""What WeChat says. Pure: no I/O, no clock, no environment."""
