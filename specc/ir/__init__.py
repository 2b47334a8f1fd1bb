"""The IR as pydantic models: `spec.Spec` is what a file means, `program.Program` what is to be called. Both are plain data,
can be written as JSON or YAML and read again, and publish their JSON Schema.
"""
