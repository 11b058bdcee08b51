"""Texts that broke other programs; none of them may act, vanish or stop a document."""

COLOUR = (
    "<font color=\"[[[getattr(pow, Word('__globals__'))['os'].system('touch /tmp/exploited') "
    "for Word in [orgTypeFun('Word', (str,), {})]] for orgTypeFun in [type(type(1))]] and 'red'\">"
)

TEXTS = [
    "<b>vet</b>",
    "<Jan>",
    "3 < 5 & 7 > 2",
    "&eacute; &lt; &#x41;",
    '<a href="http://example.org/x">klik</a>',
    "http://example.org www.example.org mailto:a@b.nl",
    '<img src="file:///etc/passwd"/>',
    '<img src="\\\\srv\\x"/>',
    "<para><unknown/></para>",
    "</para><br/><br>",
    '<onDraw name="x"/><seq/><bullet>x</bullet>',
    COLOUR,
    "\x00\x0b\x1f nul",
    "half \ud83d emoji \udc00",
    "\ufffe\uffff einde",
    "rechts \u202e links \u2066 x",
    "\ufeffbom",
    "a\u0308 en \u0301",
    "👩‍👩‍👧 🏳️‍🌈 ✅",
    "שלום مرحبا 你好 ไทย",
    "Şeyma Łukasz Đorđe Erdős Zoë ş ł đ ő",
    "=1+1",
    "+31 6 12345678",
    "-2+3",
    "@SUM(A1)",
    '=HYPERLINK("http://x","y")',
    "＝1+1",
    "\t=1+1",
    "0612345678",
    "1E5",
    "12-03",
    "'=1+1",
    "   ",
    "",
    "\n" * 500,
    "x" * 5_000,
    "W" * 900,
    "woord " * 4_000,
    "regel\n" * 3_000,
    "zin zonder einde " * 2_000,
]
