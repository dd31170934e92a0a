"""Uploads are judged by content: hostile and innocent files, with the promise R10 (< 200 MB, < 20 s) measured in the child."""

from __future__ import annotations

import io
import time
import zlib

import pikepdf
import pytest
from PIL import Image

from gme_portal.files import inspection, sandbox
from gme_portal.refusals import Refused


def encoded(image: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def noisy(width: int, height: int) -> Image.Image:
    return Image.effect_noise((width, height), 60).convert("RGB")


def pdf_of(pages: int = 1, *, box: tuple[float, ...] = (0, 0, 595, 842)) -> pikepdf.Pdf:
    pdf = pikepdf.new()
    for _ in range(pages):
        pdf.add_blank_page(page_size=(100, 100))
        pdf.pages[-1].mediabox = pikepdf.Array(box)
    return pdf


def saved(pdf: pikepdf.Pdf, **options: object) -> bytes:
    out = io.BytesIO()
    pdf.save(out, **options)
    return out.getvalue()


def code_of(content: bytes, accepts: tuple[str, ...] = ("jpg", "png", "pdf"), max_bytes: int = 10_000_000) -> str:
    with pytest.raises(Refused) as caught:
        inspection.inspect(content, accepts=accepts, max_bytes=max_bytes)
    return caught.value.code


# ---- images


def test_a_jpeg_is_rebuilt_without_place_comment_or_passenger() -> None:
    exif = Image.Exif()
    exif[0x010E] = "made in 昆明"
    source = (
        encoded(noisy(600, 800), quality=90, exif=exif, comment=b"<script>alert(1)</script>")
        + b"PK\x03\x04<?php system(1) ?>"
    )
    clean = inspection.inspect(source, max_bytes=10_000_000)
    assert isinstance(clean, inspection.CleanImage)
    assert (clean.media_type, clean.width, clean.height) == ("image/jpeg", 600, 800)
    for passenger in (b"<script", b"<?php", b"PK\x03\x04", b"Exif"):
        assert passenger in source
        assert passenger not in clean.content


def test_a_jpeg_without_turning_keeps_its_size_in_kb() -> None:
    source = encoded(noisy(826, 1052), quality=72, subsampling=2)
    clean = inspection.inspect_image(source)
    assert abs(len(clean.content) - len(source)) < 0.01 * len(source)


def test_a_sideways_phone_picture_is_turned_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    clean = inspection.inspect_image(encoded(noisy(800, 600), exif=exif))
    assert (clean.width, clean.height) == (600, 800)
    assert not Image.open(io.BytesIO(clean.content)).getexif()


def test_transparency_becomes_white_and_cmyk_becomes_rgb() -> None:
    clear = inspection.inspect_image(encoded(Image.new("RGBA", (60, 60), (0, 0, 0, 0)), "PNG"))
    assert Image.open(io.BytesIO(clear.content)).getpixel((30, 30)) == (255, 255, 255)
    printed = inspection.inspect_image(encoded(Image.new("CMYK", (60, 60), (0, 0, 0, 0))))
    assert Image.open(io.BytesIO(printed.content)).mode == "RGB"


def test_a_144_megapixel_picture_of_some_kilobytes_is_refused_quickly() -> None:
    bomb = encoded(Image.new("1", (12_000, 12_000)), "PNG")
    assert len(bomb) < 60_000
    start = time.monotonic()
    with pytest.raises(Refused, match="144 百万像素") as caught:
        inspection.inspect(bomb, max_bytes=10_000_000)
    assert caught.value.code == "IMAGE_TOO_MANY_PIXELS"
    assert time.monotonic() - start < 20


@pytest.mark.parametrize(
    "picture",
    [
        pytest.param(lambda: encoded(Image.new("RGBA", (3464, 3464), (200, 200, 200, 128)), "PNG"), id="largest png"),
        pytest.param(lambda: encoded(Image.new("RGB", (10_400, 10_400)), quality=80), id="108-megapixel jpeg"),
    ],
)
def test_the_heaviest_accepted_pictures_stay_under_200_mb(picture) -> None:
    answer = sandbox.run("gme_portal.files.decode_image:rebuild", picture(), {"max_side": inspection.MAX_SIDE})
    assert answer.peak_mb < 200


def test_half_a_picture_and_a_picture_in_name_only_are_refused() -> None:
    whole = encoded(noisy(400, 400))
    assert code_of(whole[: len(whole) // 2]) == "IMAGE_BROKEN"
    assert code_of(b"\xff\xd8\xff" + b"\x00" * 400) == "IMAGE_BROKEN"
    assert code_of(b"<svg onload=alert(1)>") == "FILE_KIND"
    assert code_of(b"") == "FILE_EMPTY"


def test_heic_is_told_how_to_become_a_jpg() -> None:
    with pytest.raises(Refused, match="请转换为 JPG"):
        inspection.inspect(b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", max_bytes=1000)


def test_pdf_as_photo_and_too_many_bytes_are_refused() -> None:
    with pytest.raises(Refused, match="此处只收 JPG、PNG"):
        inspection.inspect(saved(pdf_of()), accepts=("jpg", "png"), max_bytes=1_000_000)
    assert code_of(encoded(noisy(400, 400)), max_bytes=1000) == "FILE_TOO_LARGE"


# ---- PDFs


def test_a_plain_pdf_is_kept_as_it_came_and_shown_as_pictures() -> None:
    source = saved(pdf_of(3))
    clean = inspection.inspect(source, max_bytes=1_000_000)
    assert isinstance(clean, inspection.CleanPdf)
    assert (clean.content, clean.page_count, len(clean.previews)) == (source, 3, 3)
    first = clean.previews[0]
    assert max(first.width, first.height) == inspection.PREVIEW_SIDE
    assert Image.open(io.BytesIO(first.content)).format == "JPEG"


def active(change) -> bytes:
    pdf = pdf_of()
    change(pdf)
    return saved(pdf)


def _open_action(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))


def _launch(pdf: pikepdf.Pdf) -> None:
    link = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot,
        Subtype=pikepdf.Name.Link,
        Rect=[0, 0, 9, 9],
        A=pikepdf.Dictionary(S=pikepdf.Name.Launch, F="cmd.exe"),
    )
    pdf.pages[0].Annots = pikepdf.Array([link])


def _attach(pdf: pikepdf.Pdf) -> None:
    pdf.attachments["a.exe"] = b"MZ"


def _page_script(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].AA = pikepdf.Dictionary(O=pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="1"))


def _dynamic_form(pdf: pikepdf.Pdf) -> None:
    pdf.Root.AcroForm = pikepdf.Dictionary(Fields=[], XFA=pikepdf.String("x"))


@pytest.mark.parametrize("change", [_open_action, _launch, _attach, _page_script, _dynamic_form])
def test_active_pdfs_are_refused(change) -> None:
    assert code_of(active(change)) == "PDF_ACTIVE"


def test_locked_odd_long_and_broken_pdfs_are_refused() -> None:
    assert code_of(saved(pdf_of(), encryption=pikepdf.Encryption(user="u", owner="o"))) == "PDF_ENCRYPTED"
    assert code_of(saved(pdf_of(), encryption=pikepdf.Encryption(user="", owner="o"))) == "PDF_ENCRYPTED"
    assert code_of(saved(pdf_of(box=(0, 0, 288_000, 288_000)))) == "PDF_PAGE_BOX"
    assert code_of(saved(pdf_of(21))) == "PDF_TOO_MANY_PAGES"
    assert code_of(b"%PDF-1.7\nnothing here") == "PDF_BROKEN"
    assert code_of(b"junk before %PDF-1.7") == "FILE_KIND"


def test_a_pdf_whose_page_inflates_to_800_mb_is_refused_within_the_bound() -> None:
    pack = zlib.compressobj(9)
    stream = b"".join(pack.compress(b"0 0 m 1 1 l S " * 75_000) for _ in range(800)) + pack.flush()
    pdf = pdf_of()
    page = pdf.pages[0]
    page.Contents = pikepdf.Stream(pdf, b"")
    page.Contents.write(stream, filter=pikepdf.Name.FlateDecode)
    start = time.monotonic()
    assert code_of(saved(pdf, compress_streams=False)).startswith(("FILE_", "PDF_"))
    assert time.monotonic() - start < 25
