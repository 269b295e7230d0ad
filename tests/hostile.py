"""Hostile strings by name: what a monitored system or an attacker may put into any field (design 8)."""

import unicodedata

HOSTILE: tuple[tuple[str, str], ...] = (
    # Textual's markup: a button that quits, three ways to a MarkupError, text that vanishes.
    ("markup link", "[@click=app.quit]x[/]"),
    ("markup link with arguments", "[@click=app.bell()]press me[/]"),
    ("markup closes nothing", "[/]"),
    ("markup closes half", "[/"),
    ("markup closes another", "[bold]x[/red]"),
    ("markup list", "[true, false]"),
    ("markup opens", "[bold"),
    ("markup style", "[bold red on white]loud[/]"),
    ("markup url", "[link=https://evil.example]docs[/link]"),
    ("markup escaped", r"\[bold]\\[/]"),
    ("markup variable", "[$error]$text[/]"),
    # What a terminal obeys.
    ("bell", "ring\a\a\a"),
    ("backspace", "safe\b\b\b\bevil"),
    ("carriage return", "visible\rhidden"),
    ("form feed", "a\fb\vc"),
    ("nul", "before\x00after"),
    ("delete", "x\x7fy"),
    ("escape clears the screen", "\x1b[2J\x1b[H"),
    ("escape colours", "\x1b[31;5mred\x1b[0m"),
    ("escape writes the clipboard", "\x1b]52;c;cm0gLXJmIC8=\x07"),
    ("escape links", "\x1b]8;;https://evil.example\x1b\\docs\x1b]8;;\x1b\\"),
    ("escape sets the title", "\x1b]0;owned\x07"),
    ("escape device control", "\x1bP$q q\x1b\\"),
    ("escape alternate screen", "\x1b[?1049l\x1bc"),
    ("escape asks for an answer", "\x1b[6n\x1b[c"),
    ("c1 control sequence", "\x9b2J\x9d0;owned\x9c"),
    ("c1 next line", "one\x85two"),
    # What a reader cannot see, or sees in the wrong order.
    ("bidi override", "invoice\u202etxt.exe\u202c"),
    ("bidi isolate", "\u2067right\u2069 left \u2066x"),
    ("bidi marks", "a\u200eb\u200fc\u061cd"),
    ("zero width space", "pay\u200bments"),
    ("word joiner", "a\u2060b\u2063c"),
    ("soft hyphen", "pay\u00adments"),
    ("byte order mark", "\ufeffcheckout"),
    ("tags", "hi\U000e0001\U000e0069\U000e0067\U000e006e\U000e006f\U000e0072\U000e0065\U000e007f"),
    ("smuggled selectors", "x\U000e0100\U000e01ef\ufe0f"),
    ("hangul filler", "\u3164\uffa0"),
    ("annotation", "\ufff9a\ufffab\ufffb"),
    ("noncharacters", "\ufffe\uffff\ufdd0\U0001ffff\U0010fffe"),
    ("lone high surrogate", "a\ud83db"),
    ("lone low surrogate", "\udc80"),
    ("line separators", "one\u2028two\u2029three"),
    ("zalgo", "c" + "\u0301\u0316\u0489\u0360" * 50 + "h" + "\u0334" * 300),
    ("joiners alone", "\u200d" * 40 + "x" + "\u200c" * 40),
    ("selectors alone", "\ufe0f" * 40),
    # Too much of it.
    ("10 000 newlines", "\n" * 10_000),
    ("10 000 lines", "line\r\n" * 10_000),
    ("a megabyte in one line", "x" * 1_000_000),
    ("a megabyte of marks", "\u0301" * 1_000_000),
    ("a megabyte of escapes", "\x1b" * 1_000_000),
    ("many brackets", "[" * 5_000),
    ("tabs", "\t" * 500 + "x"),
    # Honest text that is hard to draw.
    ("wide cjk", "決済サービスが応答しません 支付服务无响应 결제 서비스 응답 없음"),
    ("full width", "ＣＨＥＣＫＯＵＴ　ＤＯＷＮ"),
    ("emoji family", "👨‍👩‍👧‍👦 👩🏽‍🚒 🏳️‍🌈 ❤️ 1️⃣ 🇩🇪"),
    ("right to left", "الخدمة متوقفة שירות הסליקה נפל"),
    ("persian non-joiner", "می‌خواهم"),
    ("devanagari", "क्षत्रिय सेवा बंद है"),
    ("thai", "ระบบชำระเงินใช้งานไม่ได้"),
    ("decomposed accents", "Cafe\u0301 Zu\u0308rich"),
    # Meant for somebody else's interpreter.
    ("format percent", "%s %d %n %(x)s"),
    ("format braces", "{} {0} {x.__class__} ${x} $x"),
    ("sql", "'; DROP TABLE incident; --"),
    ("sql like", "100% _under_ \\"),
    ("shell", "$(reboot) `reboot` ; reboot && reboot | reboot"),
    ("path", "../../../../etc/passwd"),
    ("html", '<script>alert("x")</script>&amp;&lt;'),
    ("markdown", "# h1\n![x](https://evil.example/p.png) [x](javascript:alert(1)) `code"),
    ("toml", 'x = """\n[section]\n'),
    ("jinja", "{{ 7 * 7 }} {% include '/etc/passwd' %}"),
    ("csv formula", '=cmd|" /C calc"!A0'),
    ("slack mention", "<!channel> @everyone @here"),
    ("smtp header", "subject\r\nBcc: all@example.com\r\n\r\nbody"),
    ("looks like an option", "--force -rf"),
    ("nothing", ""),
    ("blanks", " \t \n "),
)

NAMES = tuple(name for name, _ in HOSTILE)
TEXTS = tuple(text for _, text in HOSTILE)

JOINERS = "\u200c\u200d"
# Unicode's own lists, spelt differently from the expression under test.
_BIDI = {"LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI"}
_UNSEEN = "\u00ad\u061c\u180e\u200b\u200e\u200f\u2028\u2029\u3164\uffa0"


def _forbidden(character: str) -> bool:
    """Say whether a reader cannot see the character, or a terminal would obey it."""
    category = unicodedata.category(character)
    point = ord(character)
    return (
        category in ("Cc", "Cs")
        or (category == "Cf" and character not in JOINERS and not _drawn_format(point))
        or unicodedata.bidirectional(character) in _BIDI
        or character in _UNSEEN
        or 0xFDD0 <= point <= 0xFDEF
        or point & 0xFFFE == 0xFFFE
        or 0xE0000 <= point <= 0xE0FFF
    )


def _drawn_format(point: int) -> bool:
    """Format characters that scripts draw: Arabic and Kaithi number signs, hieroglyph joiners."""
    return (
        0x600 <= point <= 0x605
        or point in (0x6DD, 0x70F, 0x8E2, 0x890, 0x891, 0x110BD, 0x110CD)
        or 0x13430 <= point <= 0x1343F
    )


def forbidden_in(text: str) -> list[str]:
    """List what must never be drawn, printed or stored in ``text``, as code points; a newline counts."""
    return [f"U+{ord(character):04X}" for character in text if _forbidden(character)]
