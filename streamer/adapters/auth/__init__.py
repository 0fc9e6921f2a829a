"""Signing in to platforms: one module per service, behind `common.SignInServer`."""
