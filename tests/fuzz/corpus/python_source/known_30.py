def f():
    import os, sys, re, warnings, logging, json, typing
    import os.path as osp
    from typing import Optional, Union, List, Tuple, TypeVar, Generic, cast
    T = TypeVar('T')
    Size = Union[int, Tuple[int, int]]
    class G(Generic[T]):
        x: Optional[int] = None
        def m(self, a: List[T], b: 'unknown' = 3) -> Size: return cast(int, b)
    warnings.warn('w')
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')
    logger = logging.getLogger(__name__) if False else logging.getLogger('x')
    logger.info('a %s', 1)
    print('nothing')
    return G().m([1]), G.x, sys.maxsize, sys.version_info >= (3, 8), typing.TYPE_CHECKING
