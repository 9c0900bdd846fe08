"""Prints the constructor parameters of every class of torch.nn, for signature_test.

usage: make_signatures.py OUTPUT

One line for each class: its qualified name, a tab, and the parameters of __init__ without self and annotations, as
ModuleClass::signature has them.
"""

import inspect
import sys

import torch


def default_text(value):
    """A literal, or the dotted name of a function or class."""
    if callable(value):
        return f"{value.__module__}.{value.__qualname__}"
    return repr(value)


def parameter_text(parameter):
    stars = {parameter.VAR_POSITIONAL: "*", parameter.VAR_KEYWORD: "**"}.get(parameter.kind, "")
    text = stars + parameter.name
    if parameter.default is not parameter.empty:
        text += "=" + default_text(parameter.default)
    return text


def signature_text(module_class):
    parameters = list(inspect.signature(module_class.__init__).parameters.values())[1:]
    texts = []
    for index, parameter in enumerate(parameters):
        keyword_only = parameter.kind is parameter.KEYWORD_ONLY
        if keyword_only and (index == 0 or parameters[index - 1].kind < parameter.VAR_POSITIONAL):
            texts.append("*")
        texts.append(parameter_text(parameter))
    return ", ".join(texts)


def classes():
    """Module classes by their own qualified name, each once."""
    found = {}
    modules = [module for name, module in sys.modules.items() if name.startswith("torch.nn.modules")]
    for namespace in [torch.nn, *modules]:
        for value in vars(namespace).values():
            if isinstance(value, type) and issubclass(value, torch.nn.Module):
                found[f"{value.__module__}.{value.__qualname__}"] = value
    return sorted(found.items())


def main(path):
    with open(path, "w", encoding="utf-8") as output:
        for name, module_class in classes():
            output.write(f"{name}\t{signature_text(module_class)}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
