"""Rows of W words of 64 bits as one vector of the machine, and a hint to fetch what is needed soon.

numba turns loops over single words into scalar code where it cannot prove that two arrays do not overlap. These
say what is meant in LLVM's own words. W is the length of the tuple `words`, so that every W has machine code
of its own.
"""

from collections.abc import Callable
from typing import Any, cast

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

_WORD = ir.IntType(64)


def _machine_code(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function that numba replaces by LLVM code: called without its first argument."""
    return cast("Callable[..., Any]", intrinsic(function))


def _pointer(context: Any, builder: Any, kind: Any, array: Any, index: Any) -> Any:
    data = context.make_array(kind)(context, builder, array).data
    return builder.gep(data, [index])


def _vector(builder: Any, pointer: Any, width: int) -> Any:
    return builder.bitcast(pointer, ir.VectorType(_WORD, width).as_pointer())


@_machine_code
def spread(typing: Any, target: Any, at: Any, source: Any, start: Any, mask: Any, row: Any, words: Any) -> Any:
    """target[at:at+W] |= source[start:start+W] & mask[row:row+W]."""
    width = len(words)

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        rows = []
        for array, index in ((0, 1), (2, 3), (4, 5)):
            pointer = _pointer(context, builder, signature.args[array], arguments[array], arguments[index])
            rows.append(_vector(builder, pointer, width))
        held, arriving, let_through = (builder.load(one, align=8) for one in rows)
        builder.store(builder.or_(held, builder.and_(arriving, let_through)), rows[0], align=8)
        return context.get_dummy_value()

    return types.none(target, types.int64, source, types.int64, mask, types.int64, words), code


@_machine_code
def soon(typing: Any, array: Any, at: Any) -> Any:
    """Fetch array[at] into the cache without waiting for it; also right outside the array."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        pointer = _pointer(context, builder, signature.args[0], arguments[0], arguments[1])
        byte = ir.IntType(8).as_pointer()
        flag = ir.IntType(32)
        name = cgutils.get_or_insert_function(
            builder.module, ir.FunctionType(ir.VoidType(), [byte, flag, flag, flag]), "llvm.prefetch.p0"
        )  # type: ignore[no-untyped-call] # numba publishes no types
        builder.call(name, [builder.bitcast(pointer, byte), flag(1), flag(3), flag(1)])
        return context.get_dummy_value()

    return types.none(array, types.int64), code


@_machine_code
def lowest(typing: Any, word: Any) -> Any:
    """The number of the lowest bit that is set; a word without any has none to ask for."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.IntType(1)(1))

    return types.int64(types.uint64), code
