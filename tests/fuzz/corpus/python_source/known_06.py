def f():
    class G:
        def __getattr__(self, name):
            if name.startswith('x'): return name * 2
            raise AttributeError(name)
        def __setattr__(self, name, value): object.__setattr__(self, name, [value])
        def __delattr__(self, name): super().__delattr__(name)
    g = G()
    g.y = 1
    before = g.y
    del g.y
    return before, g.xa, hasattr(g, 'y'), getattr(g, 'z', 5), getattr(g, 'xz', 5)
