from shop.models.ranker import Ranker
from . import heads
