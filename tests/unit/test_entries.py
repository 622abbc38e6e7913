from library.entries import about, entry, titles
from library.language import shared_analyzer
from tests.builders import a_practice


def test_each_text_of_a_document_has_the_table_that_it_would_have_alone():
    analyzer = shared_analyzer()
    document = a_practice(
        title={"cs": "Bydlení pro rodiny", "en": "Housing for families"}, partners=["Město Brno"], keywords=["děti"]
    )
    made = entry(document, (), analyzer)
    assert len(made.title) == 2
    for tables, texts in ((made.title, titles(document)), (made.about, about(document))):
        alone = [analyzer.table(text.text, text.language) for text in texts]
        assert [table.encode() for table in tables] == [table.encode() for table in alone]
    assert made.text == ()
