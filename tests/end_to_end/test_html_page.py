"""The exported page in a real browser: harmless, self-contained, readable, usable."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sessiontui.domain.message import DamagedBlock, MediaBlock, OpaqueBlock, Role, ThinkingBlock
from sessiontui.domain.session import Session, SessionRef, TitleSource
from sessiontui.domain.verdict import Verdict, VerdictStatus
from sessiontui.services.exporting import ExportForm, document, exported
from sessiontui.services.transcript import Transcript
from tests.end_to_end.browser import CHROMIUM, Browser, running_browser
from tests.transcripts import HOSTILE_TEXTS, call, every_kind, message, result

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs chromium")

CANARY = "http://canary.invalid"
ATTACKS = (
    f"</title></style></script><script src='{CANARY}/a.js'></script><script>window.ran=1</script>",
    f"<img src='{CANARY}/b.png' onerror='window.ran=2'><svg onload='window.ran=3'>",
    f'"><iframe src="{CANARY}/c"></iframe><link rel=stylesheet href="{CANARY}/d.css">',
    f"<style>@import '{CANARY}/e.css'; * {{ background: url({CANARY}/f.png) }}</style>",
    f"<meta http-equiv=refresh content='0;url={CANARY}/g'><base href='{CANARY}/'>",
    f"![x]({CANARY}/h.png) <video src={CANARY}/i autoplay> <object data={CANARY}/j>",
    "[x](javascript:window.ran=4) <details open ontoggle=window.ran=5>",
    "<input autofocus onfocus=window.ran=6><form action=javascript:window.ran=7><button>",
    "<template><script>window.ran=8</script></template><!--><script>window.ran=9</script>",
    "-->]]><x onclick=window.ran=10 style=animation-name:x>{{constructor}}${window.ran=11}",
)
IDLE = Verdict(status=VerdictStatus.IDLE, evidence=("the store says idle",))
DARK, LIGHT = "rgb(20, 22, 27)", "rgb(250, 250, 250)"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    folder = tmp_path_factory.mktemp("browser") / "profile"
    folder.mkdir()
    with running_browser(folder) as running:
        yield running


def transcript(*messages: Any, **fields: object) -> Transcript:
    values: dict[str, Any] = {
        "ref": SessionRef("memory-1", "trip"),
        "format": "memory",
        "title": "Trip to Oslo",
        "title_source": TitleSource.STORE,
        **fields,
    }
    return Transcript(Session(**values), IDLE, messages)


def hostile(text: str) -> Transcript:
    """A session in which every field is hostile."""
    whole = transcript(
        message(0, Role.SYSTEM, text, text * 9),
        message(1, Role.USER, text, MediaBlock(media_type=text, name=text), author=text),
        message(
            2,
            Role.ASSISTANT,
            *(text, f"# {text}\n- {text}\n\n`{text}` [{text}]({text})", f"```{text}\n{text}\n```"),
            ThinkingBlock(text=text),
            call(text, {"command": text, text: text}, "1"),
            call("edit", {"file_path": text, "old_string": text, "new_string": "x"}),
            OpaqueBlock(type_name=text, data={text: [text]}),
            DamagedBlock(where=text, reason=text, raw=text),
            author=text,
            model=text,
        ),
        message(3, Role.TOOL, result(text, "1", failed=True), result(text)),
        *(),
        **dict.fromkeys(("title", "agent", "model", "branch", "channel", "problem"), text),
        workspace=Path(text or "/"),
    )
    return replace(whole, verdict=Verdict(status=VerdictStatus.ERROR, evidence=(text,)))


def write(path: Path, *transcripts: Transcript) -> Path:
    several = len(transcripts) > 1
    path.write_text("".join(document(transcripts, ExportForm.HTML, several=several)))
    return path


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """A page with every kind of block."""
    return write(tmp_path / "page.html", transcript(*every_kind(), agent="scout"))


# -- harmless ------------------------------------------------------------------------------


def test_the_browser_tells_what_a_page_runs_and_fetches(browser: Browser, tmp_path: Path) -> None:
    # Without this the tests below could not fail.
    path = tmp_path / "bad.html"
    path.write_text(f"<script>window.ran = 1; no_such()</script><img src='{CANARY}/x.png'>")
    browser.open(path)
    assert browser.run("window.ran") == 1
    assert any("no_such" in said for said in browser.complaints())
    assert browser.requests() == [f"{CANARY}/x.png"]


def test_nothing_that_is_stored_runs_or_fetches(browser: Browser, tmp_path: Path) -> None:
    texts = (*ATTACKS, *HOSTILE_TEXTS)
    path = write(tmp_path / "hostile.html", *map(hostile, texts))
    browser.open(path)
    browser.run("document.getElementById('unfold').click()")
    assert browser.complaints() == []
    assert browser.requests() == []
    assert browser.run("window.ran") is None
    assert browser.run("document.scripts.length") == 1
    assert browser.run("document.styleSheets.length") == 1
    foreign = "img,iframe,object,embed,video,audio,form,template,base,svg,math,style ~ style"
    assert browser.run(f"document.querySelectorAll({foreign!r}).length") == 0
    handlers = (
        "[...document.querySelectorAll('*')].flatMap(e => [...e.attributes])"
        ".filter(a => /^(on|style|src)/.test(a.name)).length"
    )
    assert browser.run(handlers) == 0
    links = "[...document.links].every(a => ['http:', 'https:', 'mailto:', 'file:']"
    assert browser.run(f"{links}.includes(a.protocol))")
    assert browser.run("[...document.querySelectorAll('h1')].length") == len(texts)


@pytest.mark.parametrize("text", ATTACKS[:3])
def test_a_hostile_title_is_the_title(browser: Browser, tmp_path: Path, text: str) -> None:
    browser.open(write(tmp_path / "title.html", hostile(text)))
    assert browser.run("document.title") == " ".join(text.split())
    assert browser.run("document.querySelector('h1').textContent") == " ".join(text.split())
    assert browser.complaints() == []


def test_what_got_in_nevertheless_would_be_stopped_by_the_policy(
    browser: Browser, page: Path
) -> None:
    browser.open(page)
    browser.run(
        "document.body.insertAdjacentHTML('beforeend',"
        f""" `<img src="{CANARY}/x.png" onerror="window.ran=1"><p style="color:red">`);"""
        " const s = document.createElement('script'); s.textContent = 'window.ran=2';"
        f" document.body.append(s); fetch('{CANARY}/y').catch(() => 0); 0"
    )
    said = browser.complaints()
    assert browser.run("window.ran") is None
    assert sum("Content Security Policy" in line for line in said) >= 4
    assert (
        browser.run("getComputedStyle(document.querySelector('p:last-of-type')).color")
        != "rgb(255, 0, 0)"
    )


# -- readable ------------------------------------------------------------------------------

# The colours that the browser really paints, mixed as it mixes them.
CONTRASTS = """(() => {
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const rgba = colour => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const over = (top, below) => {
    const a = top[3] / 255;
    return [0, 1, 2].map(i => top[i] * a + below[i] * (1 - a)).concat(255);
  };
  const light = c => [0, 1, 2].map(i => c[i] / 255)
    .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const bad = [];
  for (const element of document.querySelectorAll('main *, .outline *, .bar *')) {
    const own = [...element.childNodes].some(n => n.nodeType === 3 && n.data.trim());
    if (!own || !element.checkVisibility({opacityProperty: true})) continue;
    const layers = [];
    for (let e = element; e; e = e.parentElement)
      layers.unshift(getComputedStyle(e).backgroundColor);
    const below = layers.map(rgba).reduce((held, layer) => over(layer, held), [255, 255, 255, 255]);
    const text = over(rgba(getComputedStyle(element).color), below);
    const [a, b] = [light(text), light(below)].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) bad.push(`${element.tagName}.${element.className} ${ratio.toFixed(2)}`);
  }
  return bad;
})()"""


@pytest.mark.parametrize("dark", [False, True])
def test_every_text_has_enough_contrast(browser: Browser, page: Path, dark: bool) -> None:
    browser.open(page, dark=dark)
    browser.run("document.getElementById('unfold').click()")
    assert browser.run(CONTRASTS) == []


def test_the_theme_follows_the_system_until_one_is_chosen(browser: Browser, page: Path) -> None:
    background = "getComputedStyle(document.body).backgroundColor"
    browser.open(page)
    assert browser.run(background) == LIGHT
    browser.prefer(dark=True)
    assert browser.run(background) == DARK
    browser.run("document.getElementById('theme-light').click()")
    assert browser.run(background) == LIGHT
    browser.prefer()
    browser.run("document.getElementById('theme-dark').click()")
    assert browser.run(background) == DARK
    browser.prefer(media="print")
    assert browser.run(background) == LIGHT, "paper is white"
    for _ in range(20):
        # The browser writes down what it is to keep in its own time.
        browser.open(page)
        if browser.run(background) == DARK:
            break
        time.sleep(0.05)
    assert browser.run(background) == DARK, "the choice is remembered"
    browser.run("document.getElementById('theme-auto').click()")
    assert browser.run(background) == LIGHT


@pytest.mark.parametrize("width", [320, 390, 768, 1280, 2000])
def test_nothing_is_wider_than_the_window(browser: Browser, tmp_path: Path, width: int) -> None:
    long = hostile("x" * 400 + " " + "-" * 400 + " | a |\n" + "漢字" * 200)
    path = write(tmp_path / "wide.html", transcript(*every_kind()), long)
    browser.open(path, width=width, height=700)
    browser.run("document.getElementById('unfold').click()")
    assert browser.run("document.documentElement.scrollWidth") <= width
    assert browser.complaints() == []


def test_the_outline_is_beside_where_there_is_room_and_folded_where_not(
    browser: Browser, page: Path
) -> None:
    listed = "document.querySelector('.outline ol').checkVisibility()"
    browser.open(page, width=1280)
    assert browser.run(listed)
    assert browser.run(
        "document.querySelector('.outline').getBoundingClientRect().right"
        " <= document.querySelector('main').getBoundingClientRect().left"
    )
    browser.open(page, width=390)
    assert not browser.run(listed)
    browser.run("document.querySelector('.outline label').click()")
    assert browser.run(listed)


def test_on_paper_there_is_only_the_session(browser: Browser, page: Path) -> None:
    browser.open(page)
    browser.prefer(media="print")
    for part in (".bar", ".outline"):
        assert not browser.run(f"document.querySelector('{part}').checkVisibility()")
    assert browser.run("document.querySelector('.prose').checkVisibility()")
    assert len(browser.call("Page.printToPDF")["data"]) > 10_000


# -- usable --------------------------------------------------------------------------------


def test_tools_unfold_one_by_one_and_all_at_once(browser: Browser, page: Path) -> None:
    opened = "[...document.querySelectorAll('main details')].map(d => d.open)"
    browser.open(page)
    assert browser.run("document.querySelector('.tool .output').checkVisibility()") is False
    browser.run("document.querySelector('.tool summary').click()")
    assert browser.run("document.querySelector('.tool .output').checkVisibility()") is True
    assert not all(browser.run(opened))
    browser.run("document.getElementById('unfold').click()")
    assert all(browser.run(opened))
    browser.run("document.getElementById('unfold').click()")
    assert not any(browser.run(opened))


def test_prompts_and_answers_can_be_read_alone(browser: Browser, page: Path) -> None:
    def shown(part: str) -> object:
        seen = f"[...document.querySelectorAll('{part}')].filter(e => e.checkVisibility()).length"
        return browser.run(seen)

    browser.open(page)
    prompts, answers = shown(".typed"), shown(".prose")
    assert shown(".tool")
    browser.run("document.getElementById('focus').click()")
    assert not shown(".tool")
    assert not shown(".divider")
    assert (shown(".typed"), shown(".prose")) == (prompts, answers)


def test_the_outline_leads_to_the_prompts(browser: Browser, page: Path) -> None:
    browser.open(page, height=400)
    browser.run("document.documentElement.style.scrollBehavior = 'auto'")
    browser.run("document.querySelector('.outline a[href=\"#m13\"]').click()")
    browser.run("new Promise(done => setTimeout(done, 200))")
    top = browser.run("document.getElementById('m13').getBoundingClientRect().top")
    assert 0 <= top < 400
    assert browser.complaints() == []


def test_a_block_can_be_copied(browser: Browser, page: Path) -> None:
    browser.open(page)
    browser.call(
        "Browser.grantPermissions", permissions=["clipboardReadWrite", "clipboardSanitizedWrite"]
    )
    browser.run(
        "document.querySelector('.prose pre').dispatchEvent("
        "new PointerEvent('pointerover', {bubbles: true}))"
    )
    assert browser.run("document.querySelector('.copy').checkVisibility()")
    browser.run("document.querySelector('.copy').click()")
    browser.run("new Promise(done => setTimeout(done, 100))")
    assert browser.run("document.querySelector('.copy').textContent") in ("copied", "selected")
    assert browser.complaints() == []


def test_without_scripts_everything_but_their_buttons_is_there(
    browser: Browser, page: Path
) -> None:
    browser.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        browser.open(page)
        for domain in ("DOM", "CSS"):
            browser.call(f"{domain}.enable")
        root = browser.call("DOM.getDocument", depth=1)["root"]["nodeId"]

        def style(selector: str, name: str) -> str:
            node = browser.call("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
            found = browser.call("CSS.getComputedStyleForNode", nodeId=node)["computedStyle"]
            return str(next(entry["value"] for entry in found if entry["name"] == name))

        def click(selector: str) -> None:
            node = browser.call("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
            browser.call("DOM.scrollIntoViewIfNeeded", nodeId=node)
            box = browser.call("DOM.getBoxModel", nodeId=node)["model"]["content"]
            spot = {"x": (box[0] + box[2]) / 2, "y": (box[1] + box[5]) / 2}
            for kind in ("mousePressed", "mouseReleased"):
                browser.call(
                    "Input.dispatchMouseEvent", type=kind, button="left", clickCount=1, **spot
                )

        assert style("#unfold", "display") == "none"
        click("label:has(#theme-dark) span")
        assert style("body", "background-color") == DARK
        click(".tool summary")
        node = browser.call("DOM.querySelector", nodeId=root, selector=".tool")["nodeId"]
        assert "open" in browser.call("DOM.getAttributes", nodeId=node)["attributes"]
    finally:
        browser.call("Emulation.setScriptExecutionDisabled", value=False)


def test_one_page_holds_what_the_same_session_alone_holds(tmp_path: Path) -> None:
    whole = transcript(*every_kind())
    alone = exported(whole, ExportForm.HTML)
    assert write(tmp_path / "one.html", whole).read_text() == alone
