"""What pytester's runs within this process need: everything is loaded before.

Such a run forgets what it imported, but not what others remember of that: classes would be there
twice, and the solver's library as well. With all there before, each run has the same.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module

import iamlogic

for each in pkgutil.walk_packages(iamlogic.__path__, "iamlogic."):
    if not each.name.endswith("__main__"):
        import_module(each.name)
for name in ("hcl2", "pathspec", "yaml", "z3"):
    import_module(name)
