"""Prose, code and links as HTML."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessiontui.services.code_tokens import (
    LONGEST_COLOURED_LINE,
    MOST_COLOURED,
    language_of,
)
from sessiontui.services.html_export_text import (
    MOST_MARKDOWN,
    coloured,
    linked,
    markdown,
    typed,
)

LINK = '<a href="{0}" rel="noopener noreferrer" target="_blank">{1}</a>'


def plain(page: str) -> str:
    """What is left without the elements."""
    return html.unescape(re.sub(r"<[^>]*>", "", page))


def prose(text: str) -> str:
    """The inside of a text laid out as Markdown."""
    found = re.fullmatch(r'<div class="prose" dir="auto">(.*)</div>', markdown(text), re.DOTALL)
    assert found is not None
    return found.group(1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("one\ntwo", "<p>one<br>two</p>"),
        ("# A\n\n###### B", "<h3>A</h3><h6>B</h6>"),
        ("a\n---\nb", "<p>a</p><hr><p>b</p>"),
        ("- a\n- b", "<ul><li>a</li><li>b</li></ul>"),
        ("3. a\n4. b", '<ol start="3"><li>a</li><li>b</li></ol>'),
        ("- [x] a\n- [ ] b", "<ul><li>☑ a</li><li>☐ b</li></ul>"),
        ("> a", "<blockquote><p>a</p></blockquote>"),
        ("*a* **b** ~~c~~", "<p><em>a</em> <strong>b</strong> <s>c</s></p>"),
        ("`<b>`", '<p><code dir="ltr">&lt;b&gt;</code></p>'),
        ("<b>x</b>", "<p>&lt;b&gt;x&lt;/b&gt;</p>"),
        ("<!-- x -->", "<p>&lt;!-- x --&gt;</p>"),
        ("[a]: https://x.example", f"<p>[a]: {LINK.format(*['https://x.example'] * 2)}</p>"),
    ],
)
def test_markdown_is_laid_out(text: str, expected: str) -> None:
    assert prose(text) == expected


def test_a_table_scrolls_by_itself_and_keeps_its_alignment() -> None:
    assert prose("|a|b|c|\n|-|-:|:-:|\n|1|2|3|") == (
        '<div class="wide" tabindex="0"><table><thead><tr><th>a</th><th class="right">b</th>'
        '<th class="center">c</th></tr></thead><tbody><tr><td>1</td><td class="right">2</td>'
        '<td class="center">3</td></tr></tbody></table></div>'
    )


@pytest.mark.parametrize(
    ("text", "href", "shown"),
    [
        ("[a](https://x.example/b?c=1&d=2)", "https://x.example/b?c=1&amp;d=2", "a"),
        ("[a](HTTP://x.example)", "HTTP://x.example", "a"),
        ("<mailto:me@x.example>", "mailto:me@x.example", "mailto:me@x.example"),
        ('[a](https://x.example/"onclick=x)', "https://x.example/%22onclick=x", "a"),
    ],
)
def test_links_to_the_web_and_to_mail_are_links(text: str, href: str, shown: str) -> None:
    assert prose(text) == f"<p>{LINK.format(href, shown)}</p>"


@pytest.mark.parametrize(
    "target",
    [
        *("javascript:alert(1)", "JavaScript:alert(1)", "java&#115;cript:x", "\tjavascript:x"),
        *("data:text/html,x", "vbscript:x", "file:///etc/passwd", "//x.example", "ftp://x.example"),
        *("#m3", "../a.md", "src/a.py", "chrome://settings", "intent:x", "&#x1;javascript:x"),
    ],
)
def test_other_targets_are_text(target: str) -> None:
    for text in (f"[a]({target})", f"<{target}>", f"![a]({target})", f'[a]({target} "t")'):
        assert "<a " not in markdown(text)
        assert target.rpartition(":")[2] in plain(markdown(text))


def test_where_a_link_that_is_none_would_lead_is_shown() -> None:
    assert prose("[a](src/b.py)") == '<p><span>a</span> <span class="quiet">(src/b.py)</span></p>'


def test_an_image_of_the_web_is_a_link_and_not_fetched() -> None:
    link = LINK.format(*["https://x.example/y.png"] * 2)
    shown = f'<p><span class="media">▣ cat</span> {link}</p>'
    assert prose("![cat](https://x.example/y.png)") == shown


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("see https://x.example/a.", "https://x.example/a"),
        ("(https://x.example/a)", "https://x.example/a"),
        ("https://x.example/a_(b)", "https://x.example/a_(b)"),
        ("(https://x.example/a_(b)), so", "https://x.example/a_(b)"),
        ("'https://x.example/a'", "https://x.example/a"),
        ("https://x.example/?a=b&c", "https://x.example/?a=b&amp;c"),
        ("https://x.example/<b>", "https://x.example/"),
    ],
)
def test_bare_addresses_end_where_their_sentence_goes_on(text: str, address: str) -> None:
    assert LINK.format(address, address) in linked(text)
    assert plain(linked(text)) == text


def test_a_link_in_a_link_is_text() -> None:
    page = prose("[https://a.example](https://b.example)")
    assert page == f"<p>{LINK.format('https://b.example', 'https://a.example')}</p>"


def test_entities_that_stand_for_steering_characters_are_made_visible() -> None:
    page = markdown("&#27;[31m &#8238; `&#27;` [x](https://a.example/&#27;) ![&#27;](&#27;)")
    assert not re.search("[\x1b\u202e]", page)
    assert page.count("�") == 2


@pytest.mark.parametrize("deep", ["> " * 40 + "x", "- " * 40 + "x", "1. " * 40 + "x"])
def test_what_is_nested_too_deep_is_shown_as_it_was_written(deep: str) -> None:
    assert markdown(deep) == f'<div class="typed" dir="auto">{html.escape(deep)}</div>'


def test_very_long_prose_is_shown_as_it_was_written() -> None:
    text = "*a* " * MOST_MARKDOWN
    assert plain(markdown(text)) == text.strip("\n")


def test_what_a_person_typed_keeps_its_lines_and_has_its_code_blocks() -> None:
    page = typed("see  *.md\n```sh x\nls <a>\n```\nend")
    assert page == (
        '<div class="typed" dir="auto">see  *.md</div>'
        '<figure class="code"><figcaption>sh</figcaption><pre tabindex="0"><code>ls &lt;a&gt;'
        '</code></pre></figure><div class="typed" dir="auto">end</div>'
    )


@pytest.mark.parametrize("sign", ["~", "`", "~ ", "` ", "~~~ x\n", "[", "*a_", "<", "&"])
def test_long_runs_of_signs_take_no_long_time(sign: str) -> None:
    # A fence that is looked for the naive way takes minutes here.
    text = (sign * MOST_MARKDOWN)[: MOST_MARKDOWN // 4]
    assert typed(text)
    assert markdown(text)


def test_words_of_code_have_classes_by_what_they_are() -> None:
    page = coloured("def f(x):  # one\n    return '<b>'", "python")
    assert '<span class="k">def</span> <span class="n">f</span>' in page
    assert '<span class="c"># one</span>' in page
    assert '<span class="s">&lt;b&gt;</span>' in page


@given(st.text(max_size=60), st.sampled_from(["python", "json", "bash", "html", "", "no such"]))
def test_no_character_of_code_is_lost(code: str, language: str) -> None:
    assert plain(coloured(code, language)) == plain(coloured(code, ""))


@pytest.mark.parametrize("code", ["x = 1 " * MOST_COLOURED, "x = 1" * LONGEST_COLOURED_LINE])
def test_what_is_too_long_to_be_coloured_is_shown_plain(code: str) -> None:
    assert coloured(code, "python") == code


def test_the_language_of_a_file_follows_from_its_name() -> None:
    assert language_of("/home/x/a.py") == "python"
    assert language_of("/home/x/Makefile") == "make"
    assert not language_of("/home/x/what is this")
    assert not language_of("")
