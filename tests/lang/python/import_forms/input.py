from __future__ import annotations
import os
import os.path, json as j
from collections import (
    OrderedDict,
    deque as dq,
)
from . import sibling
from .pkg.mod import thing
from ... import top as t
from .names import *
try:
    import simplejson
except ImportError:
    simplejson = None


def late():
    from os import sep
    return sep
