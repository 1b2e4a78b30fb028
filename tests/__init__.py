"""Tests: what holds, one sentence each."""
