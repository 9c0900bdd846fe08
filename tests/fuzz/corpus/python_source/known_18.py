def f():
    import math
    from math import sqrt, floor as fl
    out = [sqrt(16), fl(-2.5), math.ceil(2.1), math.pi, math.log(8, 2), math.log2(8), math.log10(1000), math.exp(1), math.sin(1), math.cos(1), math.tanh(0.5), math.prod([1, 2, 3]), math.gcd(12, 18), math.lcm(4, 6), math.isqrt(17), math.factorial(5), math.comb(5, 2), math.isclose(0.1 + 0.2, 0.3), math.isnan(math.nan), math.inf > 1, math.fmod(-7, 3), math.copysign(1, -0.0), math.trunc(-2.7), math.degrees(math.pi), math.atan2(1, 2), math.erf(0.5), math.log1p(1e-10), math.pow(2, 3), math.fabs(-2), math.e, math.floor(5), math.ceil(-0.5)]
    for g in [lambda: math.sqrt(-1), lambda: math.log(0), lambda: math.exp(1000), lambda: math.floor(math.inf), lambda: math.sqrt('a'), lambda: math.factorial(-1)]:
        try:
            out.append(g())
        except Exception as e:
            out.append(type(e).__name__)
    return out
