"""Pages as scanners see them, made from known texts."""

import textwrap
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from ingest.samples.build.brochure import FONTS

A4 = (8.27, 11.69)
"""Inches."""
_MARGIN, _SIZE, _LINE = 0.9, 11, 16
"""In inches; in points."""

CZECH = """Vyjednávání trvalo pět měsíců. Rada města se ptala, proč má platit tlumočníka, když si účastník obstarává
tlumočníka na vlastní náklady. Odpověď zněla: většina toho, co se na úřadě děje, není výslech ani ústní jednání.
Je to dotaz, donesení papíru, nedorozumění, vysvětlení lhůty. Nejdůležitější papír celého projektu má jednu stranu.
Visí ve dveřích kanceláře ve čtyřech jazycích a podepsali ho tajemník i všichni vedoucí odborů. Žluťoučký kůň."""
UKRAINIAN = """Переговори тривали п'ять місяців. Рада міста питала, чому має платити перекладача, якщо учасник
провадження забезпечує його власним коштом. Відповідь була така: більшість того, що відбувається в установі, не є
допитом. Це запитання, принесений папір, непорозуміння, пояснення строку. Їжак ґречно пояснює, що є в листі."""
ENGLISH = """The negotiations took five months. The council asked why it should pay an interpreter when parties to
the proceedings find one at their own expense. The answer was that most of what happens in an office is no hearing.
It is a question, a piece of paper, a misunderstanding, a deadline that has to be explained. Nobody stays alone."""
VIETNAMESE = """Trẻ em học ở trường gần nhà và cha mẹ cần người phiên dịch khi gặp giáo viên. Cuộc đàm phán kéo dài
năm tháng. Hội đồng thành phố hỏi vì sao phải trả tiền cho phiên dịch. Phần lớn những gì xảy ra ở văn phòng không
phải là phiên điều trần. Đó là một câu hỏi, một tờ giấy, một sự hiểu lầm, một thời hạn cần được giải thích."""
SCANNED = {"cs": CZECH, "uk": UKRAINIAN, "en": ENGLISH, "vi": VIETNAMESE}


def scan(text: str, dpi: int = 300) -> Image.Image:
    """A page of grey in which the text is printed in letters of 11 points."""
    page = Image.new("L", (round(A4[0] * dpi), round(A4[1] * dpi)), 255)
    ImageDraw.Draw(page).multiline_text(
        (_MARGIN * dpi, _MARGIN * dpi),
        "\n".join(textwrap.wrap(" ".join(text.split()), 80)),
        fill=20,
        font=ImageFont.truetype(FONTS / "DejaVuSerif.ttf", round(_SIZE / 72 * dpi)),
        spacing=round((_LINE - _SIZE) / 72 * dpi),
    )
    return page


def scanned_pdf(path: Path, pages: Sequence[Image.Image], dpi: int = 300) -> Path:
    """A PDF of nothing but these pictures."""
    first, *rest = pages
    first.save(path, format="PDF", save_all=True, append_images=rest, resolution=dpi)
    return path
