"""What the drawing is made of: how a step stands, in which colour, and words broken into lines."""

from shuce.engines.procedure.comparing import Mark
from shuce.kernel.choices import Choice


class Standing(Choice):
    """How a step stands. The code is the class a style sheet colours it by."""

    DONE = "done", "✓ 已办"
    CURRENT = "current", "● 办理中"
    RETURNED = "returned", "↩ 已退回"
    REJECTED = "rejected", "✕ 未通过"
    SKIPPED = "skipped", "– 不适用"
    TODO = "todo", ""

    @property
    def colour(self) -> str:
        return colour_of(self)


_COLOURS = {
    "done": "#2b8a3e",
    "current": "#1c6dd0",
    "returned": "#c76a00",
    "rejected": "#c92a2a",
    "skipped": "#868e96",
    "added": "#2b8a3e",
    "removed": "#c92a2a",
    "changed": "#c76a00",
    "moved": "#1c6dd0",
}


def arrow_head(d: str) -> str:
    """Return the head for a path made of M, H and V that ends going right (H) or up (V)."""
    x, y = (int(number) for number in d[1:].replace("V", " ").replace("H", " ").split()[:2])
    last = ""
    for word in d.replace("V", " V").replace("H", " H").split()[2:]:
        last = word[0]
        x, y = (int(word[1:]), y) if last == "H" else (x, int(word[1:]))
    return f"M{x} {y}l-7 -4v8Z" if last == "H" else f"M{x} {y}l-4 7h8Z"


def wrapped(words: str, longest: int) -> list[str]:
    """Break words into at most two lines; a wide character counts one, a narrow one half."""
    line, width = "", 0.0
    for number, character in enumerate(words):
        width += 1 if ord(character) > 0x2E7F else 0.5
        if width > longest:
            return [line.strip(), cut(words[number:].strip(), longest)]
        line += character
    return [line]


def cut(words: str, longest: int) -> str:
    width = 0.0
    for number, character in enumerate(words):
        width += 1 if ord(character) > 0x2E7F else 0.5
        if width > longest:
            return words[: number - 1] + "…"
    return words


def colour_of(kind: Standing | Mark) -> str:
    """Return the colour of a standing or of a change; what is neither follows the text."""
    return _COLOURS.get(kind.value, "currentColor")
