from services.demand.domain.jielong import as_wire, masked, read_chain

TEXT = """#接龙
水果团购 联系团长 13911112222
@所有人 自提点：某市某区花园路9号

1. Sunny（2桔1贡）
   收件人：林某某
   联系电话：138 0000 0000
   地址：某市某区某路1号
2. 3栋1201 陈 2份 13700001234
3. 12-3-502 周 1份
"""
SECRETS = ("13911112222", "138 0000 0000", "13700001234", "某路1号", "花园路", "1201", "3-502", "林某某")


def test_a_masked_chain_tells_no_phone_no_address_no_flat():
    shown = str(as_wire(masked(read_chain(TEXT))))
    assert [secret for secret in SECRETS if secret in shown] == []
    assert "138****0000" in shown
    assert "3栋***" in shown


def test_an_unmasked_chain_keeps_them_apart_from_what_is_wanted():
    first = read_chain(TEXT).rows[0]
    assert (first.contact.phone, first.contact.address) == ("138 0000 0000", "某市某区某路1号")
    assert first.remark == ""


def test_what_is_wanted_is_not_masked():
    row = masked(read_chain(TEXT)).rows[0]
    assert [(one.label, one.quantity) for one in row.items] == [("桔", 2), ("贡", 1)]


def test_text_for_a_log_is_masked_and_otherwise_untouched():
    assert masked("王五 +86 13800000000 明早10:00送 2份") == "王五 861****0000 明早10:00送 2份"
    assert masked("收货人:张三 电话:021-12345678") == "收货人:张** 电话:021****5678"
    assert masked("4. 王五 苹果2斤 ✅") == "4. 王五 苹果2斤 ✅"
