"""Rows of W words of 64 bits and blocks of 64 tiers as one vector of the machine, and hints to fetch what is needed.

numba turns loops over single words into scalar code where it cannot prove that two arrays do not overlap. These
say what is meant in LLVM's own words. W is the length of the tuple `words`, so that every W has machine code
of its own. Bits of a block are a whole number of 64 bits, the first tier the lowest of them.
"""

from collections.abc import Callable
from typing import Any, Final, cast

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

_WORD = ir.IntType(64)
_BYTE = ir.IntType(8)
BLOCK: Final = 64
_BLOCK = ir.VectorType(_BYTE, BLOCK)
_ONES = ir.Constant(_BLOCK, [1] * BLOCK)


def _machine_code(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function that numba replaces by LLVM code: called without its first argument."""
    return cast("Callable[..., Any]", intrinsic(function))


def _pointer(context: Any, builder: Any, kind: Any, array: Any, index: Any) -> Any:
    data = context.make_array(kind)(context, builder, array).data
    return builder.gep(data, [index])


def _rows(context: Any, builder: Any, signature: Any, arguments: Any, width: int) -> list[Any]:
    """Where the rows are that a call names: pairs of an array and an index, then the words."""
    vector = ir.VectorType(_WORD, width).as_pointer()
    pairs = zip(signature.args[:-1:2], arguments[:-1:2], arguments[1::2], strict=True)
    return [builder.bitcast(_pointer(context, builder, *pair), vector) for pair in pairs]


def _any(builder: Any, vector: Any, width: int) -> Any:
    kind = ir.FunctionType(_WORD, [ir.VectorType(_WORD, width)])
    together = cgutils.get_or_insert_function(builder.module, kind, f"llvm.vector.reduce.or.v{width}i64")  # type: ignore[no-untyped-call] # numba publishes no types
    return builder.icmp_unsigned("!=", builder.call(together, [vector]), _WORD(0))


@_machine_code
def spread(typing: Any, target: Any, at: Any, source: Any, start: Any, mask: Any, row: Any, words: Any) -> Any:
    """target[at:at+W] |= source[start:start+W] & mask[row:row+W]."""
    width = len(words)

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        rows = _rows(context, builder, signature, arguments, width)
        held, arriving, let_through = (builder.load(one, align=8) for one in rows)
        builder.store(builder.or_(held, builder.and_(arriving, let_through)), rows[0], align=8)
        return context.get_dummy_value()

    return types.none(target, types.int64, source, types.int64, mask, types.int64, words), code


@_machine_code
def enter(typing: Any, arrived: Any, at: Any, seen: Any, start: Any, fresh: Any, to: Any, words: Any) -> Any:
    """Move a row of `arrived` into one of `seen`; into `fresh` goes what was not there, and whether that is any bit."""
    width = len(words)

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        rows = _rows(context, builder, signature, arguments, width)
        arriving, known = (builder.load(one, align=8) for one in rows[:2])
        new = builder.and_(arriving, builder.not_(known))
        nothing = ir.Constant(ir.VectorType(_WORD, width), None)
        for one, row in zip((nothing, builder.or_(known, arriving), new), rows, strict=True):
            builder.store(one, row, align=8)
        return _any(builder, new, width)

    return types.boolean(arrived, types.int64, seen, types.int64, fresh, types.int64, words), code


@_machine_code
def keep(typing: Any, target: Any, at: Any, mask: Any, row: Any, words: Any) -> Any:
    """target[at:at+W] &= mask[row:row+W], and whether a bit is left."""
    width = len(words)

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        rows = _rows(context, builder, signature, arguments, width)
        left = builder.and_(*(builder.load(one, align=8) for one in rows))
        builder.store(left, rows[0], align=8)
        return _any(builder, left, width)

    return types.boolean(target, types.int64, mask, types.int64, words), code


@_machine_code
def meet(typing: Any, one: Any, at: Any, other: Any, start: Any, third: Any, row: Any, words: Any) -> Any:
    """Whether any bit is in all of one[at:at+W], other[start:start+W] and third[row:row+W]."""
    width = len(words)

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        rows = _rows(context, builder, signature, arguments, width)
        first, second, last = (builder.load(row, align=8) for row in rows)
        return _any(builder, builder.and_(builder.and_(first, second), last), width)

    return types.boolean(one, types.int64, other, types.int64, third, types.int64, words), code


@_machine_code
def soon(typing: Any, array: Any, at: Any) -> Any:
    """Fetch array[at] into the cache without waiting for it; also right outside the array."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        pointer = _pointer(context, builder, signature.args[0], arguments[0], arguments[1])
        byte = _BYTE.as_pointer()
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


def _block(context: Any, builder: Any, kind: Any, array: Any, index: Any) -> Any:
    return builder.bitcast(_pointer(context, builder, kind, array, index), _BLOCK.as_pointer())


def _every(builder: Any, value: Any) -> Any:
    """A block of one byte again and again."""
    one = builder.insert_element(ir.Constant(_BLOCK, ir.Undefined), builder.trunc(value, _BYTE), ir.IntType(32)(0))
    return builder.shuffle_vector(one, one, ir.Constant(ir.VectorType(ir.IntType(32), BLOCK), [0] * BLOCK))


def _chosen(builder: Any, bits: Any) -> Any:
    return builder.bitcast(bits, ir.VectorType(ir.IntType(1), BLOCK))


def _carried(context: Any, builder: Any, signature: Any, arguments: Any, than: str) -> Any:
    """Bits of the walks that a link carries on and whose next tier is `than` the supplier's."""
    pairs = (0, 1), (0, 2), (3, 5), (4, 5)
    rows = [_block(context, builder, signature.args[array], arguments[array], arguments[at]) for array, at in pairs]
    buyer, supplier, begin, span = (builder.load(row, align=1) for row in rows)
    carried = builder.icmp_unsigned("<", builder.sub(buyer, begin), span)
    next_tier = builder.icmp_unsigned(than, builder.add(buyer, _ONES), supplier)
    return builder.bitcast(builder.and_(carried, next_tier), _WORD)


@_machine_code
def led(typing: Any, tiers: Any, buyer: Any, supplier: Any, begin: Any, span: Any, row: Any) -> Any:
    """Bits of the walks that a link carries to a supplier who is in the very tier below its buyer."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return _carried(context, builder, signature, arguments, "==")

    return types.int64(tiers, types.int64, types.int64, begin, span, types.int64), code


@_machine_code
def nearer(typing: Any, tiers: Any, buyer: Any, supplier: Any, begin: Any, span: Any, row: Any) -> Any:
    """Bits of the walks that a link carries to a supplier who is further away as yet."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return _carried(context, builder, signature, arguments, "<")

    return types.int64(tiers, types.int64, types.int64, begin, span, types.int64), code


@_machine_code
def less(typing: Any, one: Any, at: Any, other: Any, there: Any) -> Any:
    """Bits where one block is less than the other."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        pairs = (0, 1), (2, 3)
        rows = [_block(context, builder, signature.args[a], arguments[a], arguments[i]) for a, i in pairs]
        found = builder.icmp_unsigned("<", *(builder.load(row, align=1) for row in rows))
        return builder.bitcast(found, _WORD)

    return types.int64(one, types.int64, other, types.int64), code


@_machine_code
def step(typing: Any, tiers: Any, buyer: Any, supplier: Any, bits: Any) -> Any:
    """Put the supplier into the tier below the buyer where the bits say so."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        rows = [_block(context, builder, signature.args[0], arguments[0], arguments[i]) for i in (1, 2)]
        above, held = (builder.load(row, align=1) for row in rows)
        following = builder.add(above, _ONES)
        builder.store(builder.select(_chosen(builder, arguments[3]), following, held), rows[1], align=1)
        return context.get_dummy_value()

    return types.none(tiers, types.int64, types.int64, types.int64), code


@_machine_code
def put(typing: Any, tiers: Any, at: Any, bits: Any, tier: Any) -> Any:
    """Write one tier where the bits say so."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        row = _block(context, builder, signature.args[0], arguments[0], arguments[1])
        chosen, every = _chosen(builder, arguments[2]), _every(builder, arguments[3])
        builder.store(builder.select(chosen, every, builder.load(row, align=1)), row, align=1)
        return context.get_dummy_value()

    return types.none(tiers, types.int64, types.int64, types.int64), code


@_machine_code
def flip(typing: Any, tiers: Any, at: Any, bits: Any, flag: Any) -> Any:
    """Set a flag beside the tiers where the bits say so, or take it away again."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        row = _block(context, builder, signature.args[0], arguments[0], arguments[1])
        nothing = ir.Constant(_BLOCK, [0] * BLOCK)
        flags = builder.select(_chosen(builder, arguments[2]), _every(builder, arguments[3]), nothing)
        builder.store(builder.xor(builder.load(row, align=1), flags), row, align=1)
        return context.get_dummy_value()

    return types.none(tiers, types.int64, types.int64, types.int64), code
