"""The texts: what is written into files, and what must be read from them again."""

from collections.abc import Iterator
from typing import NamedTuple


class Block(NamedTuple):
    """A paragraph, or the cells of a row of a table, or an item of a list."""

    kind: str
    texts: tuple[str, ...]

    def read(self, between: str = " | ") -> str:
        """As it must be read; `between` stands between cells."""
        return f"- {self.texts[0]}" if self.kind == "item" else between.join(self.texts)


class Known(NamedTuple):
    language: str
    title: str
    author: str
    pages: tuple[tuple[Block, ...], ...]

    def read(self, between: str = " | ") -> list[str]:
        """The text of each page as it must be read."""
        return ["\n".join(block.read(between) for block in page) for page in self.pages]

    def longer(self) -> "Known":
        """Four pages, each with all that stands in it; each begins elsewhere, so that no line looks like a head."""
        blocks = tuple(self.blocks())
        return self._replace(pages=tuple(blocks[3 * page :] + blocks[: 3 * page] for page in range(4)))

    def blocks(self) -> Iterator[Block]:
        return (block for page in self.pages for block in page)


def paragraph(text: str) -> Block:
    return Block("paragraph", (text,))


def item(text: str) -> Block:
    return Block("item", (text,))


def row(*texts: str) -> Block:
    return Block("row", texts)


def heading(text: str) -> Block:
    return Block("heading", (text,))


CZECH = Known(
    "cs",
    "Sousedský stůl v malém městě",
    "Eva Malá",
    (
        (
            heading("Sousedský stůl v malém městě"),
            paragraph(
                "Každý druhý čtvrtek se v bývalé školní jídelně scházejí lidé, kteří v obci žijí celý život, s těmi, "
                "kdo se do ní přistěhovali před rokem. Vaří se společně a mluví se pomalu, aby všichni rozuměli."
            ),
            item("úřad zapůjčí místnost a zaplatí energie"),
            item("tlumočnice přijde na první tři večery"),
            row("rok", "rodin", "dobrovolníků"),
            row("2023", "14", "6"),
            row("2024", "31", "11"),
            paragraph("Písmena: á č ď é ě í ň ó ř š ť ú ů ý ž Á Č Ď É Ě Í Ň Ó Ř Š Ť Ú Ů Ý Ž. Žluťoučký kůň pěl ódy."),
        ),
        (
            heading("Co se nepodařilo"),
            paragraph(
                "První zimu přicházely téměř výhradně ženy. Teprve když se setkání posunulo na sobotní dopoledne, "
                "začali chodit i muži, kteří ve všední dny pracují na směny. Příště bychom se zeptali předem."
            ),
            paragraph("Zkušenost je přenositelná: stačí kuchyně, dva lidé na půl dne a trpělivost po celý první rok."),
        ),
    ),
)
UKRAINIAN = Known(
    "uk",
    "Сусідський стіл у маленькому місті",
    "Оксана Гай",
    (
        (
            heading("Сусідський стіл у маленькому місті"),
            paragraph(
                "Щодругий четвер у колишній шкільній їдальні зустрічаються люди, які живуть у громаді все життя, з "
                "тими, хто приїхав сюди рік тому. Разом готують їжу й розмовляють повільно, щоб усі все розуміли."
            ),
            item("управа надає приміщення й оплачує енергію"),
            item("перекладачка приходить на перші три вечори"),
            row("рік", "родин", "помічників"),
            row("2023", "14", "6"),
            paragraph(
                "Літери: а б в г ґ д е є ж з и і ї й к л м н о п р с т у ф х ц ч ш щ ь ю я Ґ Є І Ї Й Щ Ю Я, об'єднання."
            ),
        ),
        (
            heading("Що не вдалося"),
            paragraph(
                "Першої зими приходили майже самі жінки. Лише коли зустрічі перенесли на суботній ранок, почали ходити "
                "й чоловіки, які в будні працюють позмінно. Наступного разу ми запитали б про це заздалегідь."
            ),
        ),
    ),
)
VIETNAMESE = Known(
    "vi",
    "Bàn ăn của những người hàng xóm",
    "Trần Thị Hoa",
    (
        (
            heading("Bàn ăn của những người hàng xóm"),
            paragraph(
                "Cứ hai tuần một lần, vào tối thứ năm, những người sống ở đây từ lâu gặp những người mới chuyển đến "
                "trong nhà ăn cũ của trường. Họ nấu ăn cùng nhau và nói chuyện thật chậm để ai cũng hiểu."
            ),
            item("ủy ban cho mượn phòng và trả tiền điện"),
            row("năm", "gia đình"),
            row("2023", "14"),
            paragraph(
                "Chữ: à á ả ã ạ ă ằ ắ ẳ ẵ ặ â ầ ấ ẩ ẫ ậ đ è é ẻ ẽ ẹ ê ề ế ể ễ ệ ì í ỉ ĩ ị ò ó ỏ õ ọ ô ồ ố ổ ỗ ộ "
                "ơ ờ ớ ở ỡ ợ ù ú ủ ũ ụ ư ừ ứ ử ữ ự ỳ ý ỷ ỹ ỵ Ă Â Đ Ê Ô Ơ Ư Ậ Ế Ộ Ợ Ự Ỹ."
            ),
        ),
        (
            heading("Điều chưa làm được"),
            paragraph(
                "Mùa đông đầu tiên hầu như chỉ có phụ nữ đến. Khi buổi gặp chuyển sang sáng thứ bảy, đàn ông làm việc "
                "theo ca mới bắt đầu tham gia. Lần sau chúng tôi sẽ hỏi mọi người trước."
            ),
        ),
    ),
)
ALL = (CZECH, UKRAINIAN, VIETNAMESE)
