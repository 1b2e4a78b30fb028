"""What each release keeps outside a process, as it wrote it; today's code reads it all."""
