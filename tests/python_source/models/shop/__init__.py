"""A ranker in a package of its own."""
from .models import Ranker  # noqa: F401
from .settings import *

__version__ = '1.2.3'
