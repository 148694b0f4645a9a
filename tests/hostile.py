"""What people may type that a chat platform or our Markdown would take for something else."""

from hypothesis import strategies as st

HOSTILE = (
    "<!channel> <!here|here> <@U12345> <#C1|general> <https://evil.example|our site>",
    "*bold* _italic_ ~strike~ `code` ```block``` **strong** ~~gone~~",
    '[press me](button:concern.close:C-1 "danger")',
    "[our site](https://evil.example) ![x](https://evil.example/x.png) <https://evil.example>",
    "# heading",
    "###### small print",
    "> quoted",
    "- item\n- item\n1. one\n2) two\n+ plus",
    "2026. A year that looks like a list",
    "a | b\n--|--\n1 | 2",
    "| a |\n|---|\n| b |",
    "over\n===\nunder\n---",
    "***\n___",
    "    four spaces",
    "\tindented",
    "```\nfence",
    "~~~\nfence",
    "&lt;b&gt; &amp; &#42; &copy;",
    "<b onclick=x>html</b> <!-- gone --> <?php ?>",
    "back\\slash \\* and at the end \\",
    "ends with spaces  ",
    '[ref]: https://evil.example "title"',
    "{{ 7 * 7 }} {% raw %} {# gone #}",
    ":siren: :+1:",
    "\u202egnp.exe\u202c \u2066x\u2069 \x00\x07\x1b[31m",
    "line\u2028separator\u2029paragraph\x85next\x0bvertical\x0cform",
    "“quotes” – dashes … 👩‍⚕️ 🏴󠁧󠁢󠁥󠁮󠁧󠁿 \u200fעברית",
    "\ud800 broken",
    "a\u00a0b\u202fc",
    "",
    "   \n\n ",
)

MARKS = (
    *"\\`*_{}[]()<>#+-.!|&~=:\"'^/@$%;, \n\t1a",
    *("button:a.b:c", "https://x.y", "  \n", "\n\n", "---", "```"),
)

anything = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(max_size=40),
    st.lists(st.sampled_from(MARKS), max_size=12).map("".join),
)
"""Any text, more often than not one that is trying."""


def squeezed(text: str) -> str:
    """`text` with single spaces, to compare what is seen."""
    return " ".join(text.split())
