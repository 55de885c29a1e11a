"""XML of modellers, read without entities, document types or the network."""

from typing import Any

from lxml import etree

from shuce.engines.procedure.faults import BadProcedure, Fault

_DEEPEST, _LONGEST = 60, 20_000
OURS = "urn:shuce:procedure:1"


def parse_xml(content: bytes) -> Any:
    """Return the root element; raise `BadProcedure` for what is no XML, or more than plain XML."""
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False, remove_pis=True
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise BadProcedure([Fault("", "不是有效的 XML：{error}", {"error": error.msg})]) from None
    if root.getroottree().docinfo.doctype:
        raise BadProcedure([Fault("", "XML 中不能有 DOCTYPE 或实体声明")])
    if sum(1 for _ in root.iter()) > _LONGEST or _depth(root) > _DEEPEST:
        raise BadProcedure([Fault("", "XML 过大或嵌套过深")])
    return root


def name_of(element: Any) -> str:
    """Return an element's name without its namespace; nothing for a comment."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def space_of(element: Any) -> str:
    return str(etree.QName(element).namespace or "") if isinstance(element.tag, str) else ""


def text_of(element: Any, path: str, space: str) -> str:
    """Return the trimmed text at `path`, or nothing."""
    return (element.findtext(path, "", namespaces={"m": space}) or "").strip()


def written(root: Any) -> bytes:
    """Return the document as indented UTF-8."""
    out: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return out


def _depth(root: Any) -> int:
    deepest, stack = 0, [(root, 1)]
    while stack:
        element, depth = stack.pop()
        deepest = max(deepest, depth)
        stack += [(child, depth + 1) for child in element]
    return deepest
