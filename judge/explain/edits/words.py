"""What kind of edit one is, and words for it: to whoever made the mistake, without showing the line of the reference."""

from __future__ import annotations

import ast

import msgspec

from judge.explain.edits.changing import KEPT


class Words(msgspec.Struct, frozen=True):
    """Words for one kind of edit; `{where}` stands for the value that the line makes, as "where `scores` is made".

    Attributes:
        title: in a few words.
        question: what to ask oneself; does not give it away.
        explanation: what it is.
    """

    title: str
    question: str
    explanation: str


# The plainest kinds first: of several edits that explain an answer alike the first is named.
WORDS = {
    "order of parts": Words(
        "parts in another order",
        "In which order do the parts stand?",
        "{where}, the parts that are taken apart stand in another order.",
    ),
    "axis": Words(
        "another axis", "Along which axis does this go for {what}?", "{where}, the operation goes along another axis."
    ),
    "transposition": Words(
        "axes in another order, or a reshape in place of a transposition",
        "In which order do the axes stand before {what} gets its shape?",
        "{where}, axes are not brought into the right order before the shape is changed.",
    ),
    "mask turned": Words(
        "the mask is turned", "Which of the two does the mask mark?", "{where}, the mask works the other way round."
    ),
    "factor missing": Words(
        "a factor or divisor is missing",
        "By what is {what} multiplied or divided?",
        "{where}, a factor or divisor is missing.",
    ),
    "term missing": Words(
        "a term is missing", "Which terms make up {what}? Is each of them there?", "{where}, a term is missing."
    ),
    "inverted factor": Words(
        "multiplied in place of divided, or the other way round",
        "Is {what} multiplied there, or divided?",
        "{where}, you multiply where the right answer divides, or the other way round.",
    ),
    "factor": Words(
        "a factor is another one", "By which number is {what} multiplied?", "{where}, a factor is not the right one."
    ),
    "power": Words("a power is another one", "To which power?", "{where}, a power or root is not the right one."),
    "function": Words(
        "another function", "Which function is applied to get {what}?", "{where}, another function is applied, or none."
    ),
    "sign": Words("a sign is turned", "Which sign has each part of {what}?", "{where}, a sign is turned."),
    "sides swapped": Words(
        "two sides are swapped",
        "What is taken from what for {what}?",
        "{where}, the two sides of an operation are swapped.",
    ),
    "loop": Words(
        "the loop runs otherwise",
        "Over which steps does the loop go, and in which order?",
        "{where}, the loop runs over other steps, or backwards.",
    ),
    "slice": Words(
        "another slice", "Where does the slice begin and end?", "{where}, a slice begins or ends elsewhere."
    ),
    "comparison": Words(
        "a border case of a comparison",
        "What holds where both sides are equal?",
        "{where}, a comparison decides otherwise: where both sides are equal, or the other way round.",
    ),
    "off by one": Words(
        "off by one", "Where does it begin, and where does it end?", "{where}, a bound or a number is off by one."
    ),
    "number": Words("another number", "Which number belongs there?", "{where}, a constant is another number."),
    "gradient cut": Words(
        "the gradient is cut", "Does a gradient flow through {what}?", "{where}, the gradient is cut off."
    ),
    "in place": Words(
        "changed in place",
        "What else holds these numbers?",
        "{where}, something is changed in place that is needed as it was.",
    ),
    "kept from before": Words(
        "something is kept from an earlier call",
        "What of an earlier call is still there?",
        "{where}, what an earlier call had is used again.",
    ),
    "precision lost": Words(
        "digits are lost", "In which precision is {what} computed?", "{where}, the value goes through float32."
    ),
    "first for all": Words(
        "the first sample stands for all",
        "Does each sample get its own?",
        "{where}, what is right for the first sample is used for all.",
    ),
    "order of steps": Words(
        "two steps in the other order", "What comes first?", "{where}, two steps come in the other order."
    ),
    "step missing": Words(
        "a step is missing", "What happens between the lines around {what}?", "{where}, a step is left out."
    ),
    "condition": Words(
        "a condition is another one",
        "When does this apply?",
        "{where}, a condition is turned, left out or always taken.",
    ),
    "arguments swapped": Words(
        "two arguments are swapped", "Which argument comes first?", "{where}, two arguments are swapped."
    ),
    "argument": Words(
        "an argument is left out", "Which arguments does the call need?", "{where}, an argument of a call is left out."
    ),
    "result": Words(
        "another result",
        "What is asked for, and in which order?",
        "What is returned is another value than what is asked for, or stands in another order.",
    ),
    "other value": Words(
        "another value is used",
        "Which value goes in there?",
        "{where}, another value is used in place of the right one.",
    ),
    "call too many": Words(
        "something is applied that does not belong there",
        "What does {what} go through, and what of that is asked for?",
        "{where}, something is applied that does not belong there.",
    ),
    "factor too many": Words(
        "a factor or divisor too many",
        "By what is {what} multiplied or divided, and by what should it be?",
        "{where}, a factor or divisor does not belong there.",
    ),
    "term too many": Words("a term too many", "Which terms make up {what}?", "{where}, a term does not belong there."),
    "step too many": Words(
        "a step too many", "Which of your steps does nobody ask for?", "A step does not belong there."
    ),
    "slice too many": Words(
        "only a part is taken",
        "All of it, or a part?",
        "{where}, only a part is taken, or another order, where all is meant.",
    ),
    "argument too many": Words(
        "an argument too many",
        "What does each argument of the call do?",
        "{where}, a call gets an argument that does not belong there.",
    ),
    "gradient flows": Words(
        "a gradient flows where none should",
        "Does a gradient flow through {what}? Should it?",
        "{where}, the value carries a gradient that it should not have.",
    ),
    "not a copy": Words(
        "no copy is made",
        "Who else holds these numbers?",
        "{where}, the same memory is handed on where a copy is needed.",
    ),
    "detail": Words(
        "a detail of this line",
        "What does the line make, and what should it make?",
        "{where}, a detail is not as it is asked for.",
    ),
    "not in place": Words(
        "a new value where the old one should change",
        "Who holds the object, and does it change?",
        "{where}, a new object is made where the one that others hold should change.",
    ),
}


def operator_of(old: ast.AST, new: ast.AST) -> str:
    """The kind of an edit, one of `WORDS`; "" for one that has no words."""
    if KEPT in ast.unparse(new):
        return "kept from before"
    match old, new:
        case (ast.For(), ast.For()) if old.iter is not new.iter:
            return "loop"
        case (ast.For() | ast.FunctionDef(), _):
            mine, theirs = old.body, new.body  # type: ignore[attr-defined]
            return "order of steps" if {*map(id, mine)} == {*map(id, theirs)} else "step missing"
        case (ast.Return(), _):
            return "result"
        case (ast.Assign(targets=[ast.Tuple()]), ast.Assign(targets=[ast.Tuple()])) if old.value is new.value:
            return "order of parts"
        case (ast.Assign() | ast.AnnAssign(), _):
            return _of_assigned(new)
        case (ast.AugAssign(), _):
            return "term missing" if isinstance(new, ast.Assign) else "sign"
        case (ast.If() | ast.IfExp() | ast.BoolOp() | ast.comprehension(), _):
            return "condition"
        case (ast.Compare(), _):
            return "comparison"
        case (ast.Constant(value=bool()), _):
            return "condition"
        case (ast.Slice(), _):
            return "slice"
        case (ast.Name() | ast.Attribute(), ast.Name() | ast.Attribute()):
            return "transposition" if isinstance(old, ast.Attribute) and old.attr in ("T", "mT") else "other value"
        case (ast.BinOp(), _):
            return _of_operation(old, new)
        case (ast.UnaryOp(op=ast.Invert() | ast.Not()), _):
            return "mask turned"
        case (ast.UnaryOp(op=ast.USub(), operand=ast.Constant() | ast.Attribute()), ast.Constant() | ast.UnaryOp()):
            return _of_number(old, new)
        case (ast.UnaryOp(), _):
            return "sign"
        case (ast.Constant(), _):
            return _of_number(old, new)
        case (ast.Call(), _):
            return _of_call(old, new)
        case (ast.Subscript(), _):
            return "off by one"
        case (ast.Expr() | ast.Break() | ast.Continue(), _):
            return "step missing"
        case (ast.Lambda(), _):
            return "order of parts"
    return ""


def _of_assigned(new: ast.AST) -> str:
    value = getattr(new, "value", None)
    match value:
        case ast.Call(func=ast.Attribute(attr="detach")):
            return "gradient cut"
        case ast.Call(func=ast.Attribute(attr="float" | "astype")):
            return "precision lost"
        case ast.Call(func=ast.Attribute(attr="expand_as")):
            return "first for all"
    return "step missing"


def _of_operation(old: ast.BinOp, new: ast.AST) -> str:
    if isinstance(new, ast.Call):
        return "in place"
    if new is old.left or new is old.right:
        if isinstance(old.op, (ast.Pow,)):
            return "power"
        return "term missing" if isinstance(old.op, (ast.Add, ast.Sub)) else "factor missing"
    if isinstance(new, ast.BinOp):
        if new.left is old:
            return "factor"
        if new.left is old.right:
            return "sides swapped"
        if isinstance(old.op, (ast.Add, ast.Sub)):
            return "sign"
        return "power" if isinstance(old.op, ast.Pow) else "inverted factor"
    return "factor missing"


def _of_number(old: ast.AST, new: ast.AST) -> str:
    try:
        before, after = ast.literal_eval(ast.unparse(old)), ast.literal_eval(ast.unparse(new))
    except ValueError:
        return "number"
    return "off by one" if type(before) is int and type(after) is int else "number"


def _of_call(old: ast.Call, new: ast.AST) -> str:
    called = old.func
    name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
    layout = ("transpose", "swapaxes", "permute", "reshape", "view", "flatten", "unflatten")
    if isinstance(new, ast.Call):
        if (
            isinstance(new.func, ast.Attribute)
            and isinstance(called, ast.Attribute)
            and new.func.attr == f"{called.attr}_"
        ):
            return "in place"
        if len(new.keywords) < len(old.keywords):
            return "argument"
        if any(k is not j for k, j in zip(old.keywords, new.keywords, strict=False)):
            return "axis"
        other = new.func.attr if isinstance(new.func, ast.Attribute) else getattr(new.func, "id", "")
        if name in layout and (other in layout):
            return "transposition"
        if other != name:
            return "function"
        if len(new.args) == len(old.args) >= 2 and new.args[0] is old.args[1] and new.args[1] is old.args[0]:
            return "arguments swapped"
        if new.args and isinstance(new.args[0], ast.UnaryOp) and isinstance(new.args[0].op, ast.Invert):
            return "mask turned"
        return "off by one"
    return "transposition" if name in layout or name in ("squeeze", "unsqueeze") else "function"


def place_words(target: str) -> tuple[str, str]:
    """ "Where `scores` is made", and "`scores`"; of what has no name, "In one line" and "the result"."""
    verb = "are" if ", " in target else "is"
    return (f"Where `{target}` {verb} made", f"`{target}`") if target else ("In one line", "the result")
