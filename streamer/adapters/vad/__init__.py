"""Detectors of voice: how much 32 ms of a microphone sound like somebody speaks."""
