"""What an upload really is (材料查验): decided by its content, never by its name or the browser's word; opened only in the bounded child.

`inspect` is the one door: it returns a clean image (rebuilt from its pixels) or a clean PDF (structure scanned, pages drawn as pictures),
or raises `Refused` with a Chinese sentence that says what to do. Source of the accepted kinds: 003 (三) 「仅支持pdf、jpg、png、jpeg格式上传」.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from gme_portal.files import sandbox
from gme_portal.refusals import Refused

MAX_SIDE = 4096  # pixels of the longer side of a stored image: an A4 page at 350 dpi
MAX_PAGES = 20
PREVIEW_PAGES = 20
PREVIEW_SIDE = 1600  # an A4 page at 137 dpi: readable when zoomed

HEIC_BRANDS = {b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif"}
SAVE_AS_JPG = "请转换为 JPG 后上传"
KIND_NAMES = {"jpg": "JPG", "png": "PNG", "pdf": "PDF"}


@dataclass(frozen=True, slots=True)
class CleanImage:
    """An image rebuilt from pixels: upright, RGB, no metadata. `media_type` is image/jpeg or image/png; sizes in pixels."""

    content: bytes
    media_type: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class CleanPdf:
    """A PDF without active parts. `content` is the file as it came; `previews` are its first pages as JPEG, the only thing staff are shown."""

    content: bytes
    page_count: int
    previews: tuple[CleanImage, ...]
    media_type: str = "application/pdf"


def sniff(content: bytes) -> str:
    """The kind by the first bytes: jpg, png, pdf, heic, webp, gif, tiff, bmp, zip, ole, or "" when unknown."""
    head = content[:16]
    if head[4:8] == b"ftyp" and head[8:12] in HEIC_BRANDS:
        return "heic"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    signatures = (
        (b"\xff\xd8\xff", "jpg"),
        (b"\x89PNG\r\n\x1a\n", "png"),
        (b"%PDF-", "pdf"),
        (b"GIF8", "gif"),
        (b"II*\x00", "tiff"),
        (b"MM\x00*", "tiff"),
        (b"BM", "bmp"),
        (b"PK\x03\x04", "zip"),
        (b"\xd0\xcf\x11\xe0", "ole"),
    )
    return next((kind for magic, kind in signatures if head.startswith(magic)), "")


def inspect(
    content: bytes, *, accepts: Collection[str] = ("jpg", "png", "pdf"), max_bytes: int
) -> CleanImage | CleanPdf:
    """Judge an upload. `accepts` holds kinds ("jpg", "png", "pdf"; "jpeg" counts as "jpg"); `max_bytes` is the limit of the raw file.

    Raises `Refused`: FILE_EMPTY, FILE_TOO_LARGE, FILE_KIND, or what the image or PDF inspection refuses.
    """
    if not content:
        raise Refused("FILE_EMPTY", "文件是空的。请重新选择文件。")
    if len(content) > max_bytes:
        raise Refused(
            "FILE_TOO_LARGE", f"文件为 {_megabytes(len(content))}，超过 {_megabytes(max_bytes)}。请压缩后上传。"
        )
    kinds = {"jpg" if kind.lower() == "jpeg" else kind.lower() for kind in accepts}
    kind = sniff(content)
    if kind not in kinds:
        raise Refused("FILE_KIND", _wrong_kind(kind, kinds))
    return inspect_pdf(content) if kind == "pdf" else inspect_image(content)


def inspect_image(content: bytes, *, max_side: int = MAX_SIDE) -> CleanImage:
    """Rebuild a JPEG or PNG from its pixels. A JPEG that needs no turning or shrinking keeps its quantisation, hence nearly its size in KB.

    Raises `Refused`: FILE_KIND, IMAGE_TOO_MANY_PIXELS, IMAGE_TOO_SMALL, IMAGE_BROKEN, FILE_TOO_HEAVY, FILE_TOO_SLOW, FILE_UNREADABLE.
    """
    kind = sniff(content)
    if kind not in ("jpg", "png"):
        raise Refused("FILE_KIND", _wrong_kind(kind, {"jpg", "png"}))
    answer = sandbox.run("gme_portal.files.decode_image:rebuild", content, {"max_side": max_side})
    return CleanImage(answer.blobs[0], answer.data["media_type"], answer.data["width"], answer.data["height"])


def inspect_pdf(content: bytes, *, max_pages: int = MAX_PAGES, preview_pages: int = PREVIEW_PAGES) -> CleanPdf:
    """Scan a PDF for scripts, attachments, launch actions, encryption and odd page boxes, and draw its first `preview_pages` pages.

    Raises `Refused`: FILE_KIND, PDF_ENCRYPTED, PDF_ACTIVE, PDF_PAGE_BOX, PDF_TOO_MANY_PAGES, PDF_EMPTY, PDF_BROKEN, PDF_TOO_COMPLEX, or a
    limit of the bounded child (FILE_TOO_HEAVY, FILE_TOO_SLOW, FILE_UNREADABLE).
    """
    kind = sniff(content)
    if kind != "pdf":
        raise Refused("FILE_KIND", _wrong_kind(kind, {"pdf"}))
    options = {"max_pages": max_pages, "preview_pages": preview_pages, "max_side": PREVIEW_SIDE}
    answer = sandbox.run("gme_portal.files.decode_pdf:preview", content, options)
    pages = zip(answer.blobs, answer.data["sizes"], strict=True)
    previews = tuple(CleanImage(blob, "image/jpeg", width, height) for blob, (width, height) in pages)
    return CleanPdf(content, answer.data["page_count"], previews)


def _wrong_kind(kind: str, kinds: set[str]) -> str:
    wanted = "、".join(name for key, name in KIND_NAMES.items() if key in kinds)
    if kind == "heic":
        return f"这是手机的 HEIC 图片，不能接收。{SAVE_AS_JPG}（手机“设置—相机—格式”选“兼容性最佳”）。"
    if kind == "pdf":
        return f"这是 PDF 文件，此处只收 {wanted} 图片。请将该页另存为 JPG 后上传。"
    if kind in ("webp", "gif", "tiff", "bmp"):
        return f"这是 {kind.upper()} 图片，此处只收 {wanted}。{SAVE_AS_JPG}。"
    if kind in ("jpg", "png"):
        return f"这是 {KIND_NAMES[kind]} 图片，此处只收 {wanted}。请转换后上传。"
    return f"文件内容不是 {wanted}（改扩展名不能改变格式）。请重新选择文件。"


def _megabytes(size: int) -> str:
    return f"{size / sandbox.MEGABYTE:.1f} MB"
