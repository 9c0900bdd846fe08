def f():
    try:
        import does_not_exist
    except ImportError:
        a = None
    try:
        from does_not_exist.x import y
    except ModuleNotFoundError as e:
        a = 'absent'
    try:
        from math import nothing
    except ImportError:
        b = 'no name'
    return a, b
