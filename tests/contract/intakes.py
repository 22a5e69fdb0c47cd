"""The play of intakes, categories and forms: every call of theirs once, and the answers by name."""

from services.demand import handlers, inbound, outbound, views
from tests.fakes.chassis import request

CHAIN = "#接龙\n陶艺亲子课 5月23日10点到12点\n\n1. 朵朵妈 1大1小\n2. 3栋1201 陈 2大1小 13800000000\n3. 李四"
WRITERS = {
    "create_intake": outbound.intake,
    "change_intake": outbound.intake,
    "commit_intake": outbound.intake,
    "discard_intake": outbound.intake,
    "add_category": outbound.category,
    "remove_category": outbound.category,
    "set_template": outbound.own_template,
}
# Lists whose items are shown by another call than get_; intakes are listed by their first lines.
SINGLE = {"list_categories": "add_category"}


def play(town, community):
    """Return the answers by the name of the call."""
    own = {"role": "organiser", "community_id": community.community_id}
    answers = {}

    def run(name, data, **more):
        asked = request(data, **own, **more)
        if name in WRITERS:
            result = getattr(handlers, name)(getattr(inbound, name)(asked), town.uow)
            answers[name] = WRITERS[name](result)
        else:
            read = inbound.by_id("intake_id") if name == "get_intake" else getattr(inbound, name)
            answers[name] = getattr(views, name)(read(asked), town.uow)
        return answers[name]

    intake_id = run("create_intake", {"kind": "jielong", "text": CHAIN})["intake_id"]
    one = {"intake_id": intake_id}
    run("get_intake", one)
    run("change_intake", {**one, "rows": [{"number": 3, "people": 2, "answers": {"age": 5}}]}, if_match='"1"')
    run("discard_intake", {"intake_id": run("create_intake", {"kind": "jielong", "text": CHAIN})["intake_id"]})
    run("commit_intake", one)
    run("add_category", {"category": "lantern_making", "zh": "做灯笼", "en": "Lanterns", "examples": ["做灯笼"]})
    run("remove_category", {"category": "lantern_making"})
    run("get_template", {"category": "appliance_cleaning"})
    options = [{"value": "yes", "zh": "要", "en": "yes"}]
    question = {"key": "firing", "zh": "是否烧制", "en": "firing", "type": "choice", "options": options}
    run("set_template", {"category": "pottery", "questions": [question]})
    run("understand", {"text": "周六下午想带孩子做陶艺，两大一小，人均不超过150"})
    run("get_pool_jielong", {"pool_id": str(town.place(community, category="hiking").pool_id)})
    return answers
