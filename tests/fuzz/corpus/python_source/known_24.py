def f():
    import enum
    from enum import Enum, auto
    class Color(Enum):
        RED = 1
        GREEN = auto()
        ALIAS = 1
        def lower(self): return self.name.lower()
    class Fmt(str, Enum):
        NCHW = 'NCHW'
        NHWC = 'NHWC'
    out = []
    try:
        Color(9)
    except ValueError as e:
        out.append('ValueError')
    try:
        Color['BLUE']
    except KeyError:
        out.append('KeyError')
    return Color.RED.name, Color.RED.value, Color(2).name, Color['RED'] is Color.RED, [c.name for c in Color], len(Color), Color.ALIAS is Color.RED, Color.GREEN.lower(), str(Color.RED), Color.RED == Color.RED, Color.RED == 1, Fmt.NCHW == 'NCHW', Fmt('NHWC') is Fmt.NHWC, isinstance(Fmt.NCHW, str), f'{Color.RED}', {Color.RED: 1}[Color.RED], out, Color.RED in Color, Fmt.NCHW.value, Fmt.NCHW.name, {'NCHW': 5}[Fmt.NCHW], Color.RED is not Color.GREEN, str(Fmt.NCHW), f'{Fmt.NCHW}', repr(Color.RED), Fmt.NCHW.lower(), Color.RED != Color.GREEN
