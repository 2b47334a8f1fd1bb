"""The version of specc."""

VERSION = "0.1.0"
