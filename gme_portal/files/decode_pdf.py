"""Inside the bounded child: look through a PDF's structure for anything active, then draw its pages as pictures.

Staff see the pictures, never the uploaded file. The file itself is kept as it came, because signed reports (学信网报告) lose their signature
when rewritten. Run through `sandbox.run`.
"""

from __future__ import annotations

import io
from typing import Any

import pikepdf
import pypdfium2

from gme_portal.files.sandbox import Answer
from gme_portal.refusals import Refused

MAX_BOX_POINTS = 14_400  # the format's own limit, 5 m
MIN_BOX_POINTS = 30
MAX_BOX_RATIO = 12
MAX_OBJECTS = 50_000
ACTIVE_ACTIONS = {
    "/JavaScript",
    "/Launch",
    "/ImportData",
    "/SubmitForm",
    "/GoToE",
    "/GoToR",
    "/Rendition",
    "/RichMediaExecute",
}
ACTIVE_KEYS = {
    "/JS": "脚本",
    "/JavaScript": "脚本",
    "/XFA": "动态表单",
    "/EmbeddedFiles": "附件",
    "/EF": "附件",
    "/RichMediaContent": "多媒体",
}
ASK = "请用“打印为 PDF”另存一份后上传。"


def preview(content: bytes, options: dict[str, Any]) -> Answer:
    """`options`: `max_pages`, `preview_pages`, `max_side` (pixels). Answers `{page_count, sizes: [[width, height]…]}` and a JPEG per page."""
    page_count = _scan(content, options["max_pages"])
    blobs, sizes = _draw(content, min(page_count, options["preview_pages"]), options["max_side"])
    return Answer({"page_count": page_count, "sizes": sizes}, tuple(blobs))


def _scan(content: bytes, max_pages: int) -> int:
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            if pdf.is_encrypted:
                raise Refused("PDF_ENCRYPTED", f"PDF 已加密或设有权限限制。{ASK}")
            _look_for_active_parts(pdf)
            page_count = len(pdf.pages)
            if page_count == 0:
                raise Refused("PDF_EMPTY", "PDF 没有页面。请检查后重新上传。")
            if page_count > max_pages:
                raise Refused(
                    "PDF_TOO_MANY_PAGES", f"PDF 共 {page_count} 页，最多 {max_pages} 页。请只保留需要的页面后上传。"
                )
            for number, page in enumerate(pdf.pages, start=1):
                _check_box(number, [float(side) for side in page.mediabox])
            return page_count
    except pikepdf.PasswordError as locked:
        raise Refused("PDF_ENCRYPTED", f"PDF 设有密码，无法打开。{ASK}") from locked
    except (pikepdf.PdfError, ValueError, TypeError, AttributeError, KeyError, RecursionError) as broken:
        raise Refused("PDF_BROKEN", f"PDF 无法读取，可能已损坏。{ASK}") from broken


def _look_for_active_parts(pdf: pikepdf.Pdf) -> None:
    if len(pdf.objects) > MAX_OBJECTS:
        raise Refused("PDF_TOO_COMPLEX", f"PDF 结构过于复杂。{ASK}")
    waiting: list[Any] = [*pdf.objects, pdf.trailer]
    while waiting:
        node = waiting.pop()
        if isinstance(node, pikepdf.Array):
            waiting.extend(item for item in node if _direct_container(item))
        elif isinstance(node, (pikepdf.Dictionary, pikepdf.Stream)):
            entries = dict(node.items())
            _refuse_active(entries)
            waiting.extend(value for value in entries.values() if _direct_container(value))


def _direct_container(value: Any) -> bool:
    """Indirect objects are visited from the object table, so only what is written in place has to be followed."""
    return isinstance(value, (pikepdf.Array, pikepdf.Dictionary)) and not value.is_indirect


def _refuse_active(entries: dict[str, Any]) -> None:
    for key, what in ACTIVE_KEYS.items():
        if key in entries:
            raise Refused("PDF_ACTIVE", f"PDF 含有{what}，不能接收。{ASK}")
    action = entries.get("/S")
    if isinstance(action, pikepdf.Name) and str(action) in ACTIVE_ACTIONS:
        raise Refused("PDF_ACTIVE", f"PDF 含有自动执行的动作，不能接收。{ASK}")


def _check_box(number: int, box: list[float]) -> None:
    width, height = abs(box[2] - box[0]), abs(box[3] - box[1])
    narrow, long = min(width, height), max(width, height)
    if not (narrow >= MIN_BOX_POINTS and long <= MAX_BOX_POINTS and long <= narrow * MAX_BOX_RATIO):
        raise Refused("PDF_PAGE_BOX", f"PDF 第 {number} 页的页面尺寸不正常。{ASK}")


def _draw(content: bytes, pages: int, max_side: int) -> tuple[list[bytes], list[list[int]]]:
    blobs: list[bytes] = []
    sizes: list[list[int]] = []
    try:
        document = pypdfium2.PdfDocument(content)
        for index in range(pages):
            page = document[index]
            bitmap = page.render(scale=max_side / max(page.get_size()), may_draw_forms=False, rev_byteorder=True)
            picture = bitmap.to_pil().convert("RGB")
            out = io.BytesIO()
            picture.save(out, "JPEG", quality=82)
            blobs.append(out.getvalue())
            sizes.append([picture.width, picture.height])
            bitmap.close()
            page.close()
    except (pypdfium2.PdfiumError, ValueError) as broken:
        raise Refused("PDF_BROKEN", f"PDF 有页面无法显示。{ASK}") from broken
    return blobs, sizes
