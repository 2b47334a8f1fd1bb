"""What a compiled model calls: imports nothing of specc outside this package, so that its modules can be copied into a
generated package.
"""
