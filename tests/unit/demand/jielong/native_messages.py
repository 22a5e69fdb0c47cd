"""Native messages (type 53) made the way WeChat makes them, with offsets in either way of counting."""

from xml.sax.saxutils import escape


def message(head, rows, *, utf16=True, tail="", escaped=True, shift=0, sign="."):
    """Return the XML of a chain; rows are (member id, unix time, text)."""
    count = (lambda text: len(text.encode("utf-16-le")) // 2) if utf16 else len
    title, entries = head, []
    for number, (user, time, text) in enumerate(rows, 1):
        title += ("\n\n" if number == 1 else "\n") + f"{number}{sign} "
        place = f"{count(title) + shift}-{count(text)}"
        entries.append(f"<i><u>{user}</u><h>0</h><s>{sign}</s><t>{time}</t><r>{place}</r></i>")
        title += text
    title += tail
    inner = (
        f"<solitaire><tt>0-{count(head)}</tt><ex>0-0</ex><tl>0-0</tl><s>{sign}</s><au>creator</au>"
        f"<content><s>{len(rows)}</s>{''.join(entries)}</content></solitaire>"
    )
    info = escape(inner) if escaped else inner
    return (
        f"<msg><appmsg appid='' sdkver='0'><title>{escape(title)}</title><type>53</type>"
        f"<extinfo><solitaire_info>{info}</solitaire_info></extinfo></appmsg></msg>"
    )
