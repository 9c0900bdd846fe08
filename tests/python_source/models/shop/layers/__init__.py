from .norm import ScaleNorm
from .attention import FieldAttention as Attention

__all__ = ['ScaleNorm', 'Attention']
