"""Takes out of copied definitions what one file cannot reach, as an optimizer does with dead code.

The runtime serves every spec; a file serves one. What all calls in the file leave at its default is known there, and so:

1. A definition, a method, a class variable or an attribute that nothing names goes; what Python or Keras calls by name stays.
2. A class that nothing makes has no instances: `isinstance` of it does not hold, and annotations lose it.
3. An argument, or a field, that no call gives is its default, if that is None, a truth value, a text or `()`; so is what
   all calls in the copy give alike, and an option of a layer's `call` that no call of a layer gives. Conditions on it are
   decided, and their other branch goes. An argument that is no longer read goes, too.
4. A layer needs `get_config`, and keeps all its arguments, where Keras makes it from a file or a second time: if it is in a
   model that is saved, or has weights of its own. Others are not registered with Keras.
5. Checks of arguments go (`raise ValueError`, unless a type checker learns from them): the compiler wrote the arguments.
   Checks of data (`DataError`) stay, and those of methods that Keras calls.
6. An optimizer is not saved, and has no methods for weight decay and clipping unless one in the file is given the option.
7. An abstract class and the only one that is built on it are one class; who calls what only hands on calls that itself.
8. A docstring keeps its first paragraph; that of a class also the arguments that are left.

Only what is sure is done: a name that is handed on as a value, or an attribute of something unknown, stays as it is.
"""

from specc.backends.shaking.shake import shake

__all__ = ["shake"]
