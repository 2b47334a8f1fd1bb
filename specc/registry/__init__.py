"""What a component is: its arguments and their types, the values it works on, the contexts that it is asked in.

A component is a class in a file of its own under `specc/components/KIND/`. Nothing registers it: the file's name does.
"""

from specc.registry.lookup import find, names

__all__ = ["find", "names"]
