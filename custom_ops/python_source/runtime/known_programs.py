"""Writes programs and what Python says of each: known_programs.py OUT IN. The records are those of random_programs.py."""

import sys
import warnings


def outcome(source):
    scope = {"__name__": "p"}
    exec(compile(source, "p.py", "exec"), scope)
    try:
        return repr(scope["f"]())
    except Exception as error:
        return "!" + type(error).__name__


def main():
    warnings.simplefilter("ignore")
    sys.stdout = sys.stderr
    with open(sys.argv[2], encoding="utf-8") as file:
        programs = file.read().split("\n#\n")
    with open(sys.argv[1], "w", encoding="utf-8") as file:
        for source in programs:
            file.write(f"{source.rstrip()}\n=\n{outcome(source)}\n#\n")


main()
