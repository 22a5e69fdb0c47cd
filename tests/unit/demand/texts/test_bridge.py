from services.demand.domain.texts import Bridge, crossed

NEEDS = [("pottery", "a pottery class on Saturday"), ("swim", "my child wants to learn swimming"), ("air", "空调清洗")]


def test_a_need_is_found_from_the_other_language():
    bridge = Bridge(NEEDS)
    assert bridge.query("孩子想学游泳")[0][0] == "swim"
    assert bridge.query("週六的陶器課")[0][0] == "pottery"
    assert bridge.query("cleaning of an air conditioner")[0][0] == "air"
    assert bridge.query("!?") == []


def test_what_a_chinese_text_means_is_written_behind_it_and_english_stays_as_it_is():
    assert "badminton" in crossed("打羽毛球").split()
    assert crossed("Play  Badminton") == "play badminton"
