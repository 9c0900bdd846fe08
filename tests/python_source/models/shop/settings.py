import os

__all__ = ['WIDTH', 'FIELDS']

WIDTH = 8
FIELDS = dict(user=11, item=13, hour=24)
_DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'data')
