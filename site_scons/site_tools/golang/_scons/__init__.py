"""The thin SCons shell around the core: the only code that imports SCons."""
