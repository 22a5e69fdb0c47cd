import pytest

from services.demand.domain.taxonomy import Category, builtin, parse
from services.kernel.errors import InvalidError


def test_every_category_has_names_words_and_examples_in_both_languages():
    for key in builtin().keys:
        category = builtin().find(key)
        assert category.zh
        assert category.en
        for texts in (category.words, category.examples):
            assert any(text.isascii() for text in texts), key
            assert any(not text.isascii() for text in texts), key


def test_the_class_of_texts_that_want_nothing_is_no_category():
    assert "-" not in builtin().keys
    assert builtin().find("-") is None


def test_a_community_adds_categories_and_its_own_words_for_known_ones():
    more = builtin().extended([Category("kite", "风筝", "Kites", ("放风筝",)), Category("yoga", "", "", ("阴瑜伽",))])
    assert more.find("kite").en == "Kites"
    assert more.find("yoga").zh == builtin().find("yoga").zh
    assert more.find("yoga").words[-1] == "阴瑜伽"
    assert builtin().find("kite") is None


def test_a_correction_to_an_unknown_category_is_refused():
    with pytest.raises(InvalidError, match="kite is none of this taxonomy"):
        builtin().extended(corrections=[("放风筝", "kite")])


def test_a_later_correction_replaces_an_earlier_one():
    twice = builtin().extended(corrections=[("做碗", "cooking")]).extended(corrections=[("做碗", "pottery")])
    assert twice.corrections == (("做碗", "pottery"),)


def test_a_line_that_is_none_of_the_form_is_named_by_its_number():
    with pytest.raises(InvalidError, match="line 2"):
        parse("[pottery] 陶艺 | Pottery\n陶艺课")
