"""A screen whose keys come from ACTIONS: bindings, footer, refusals and help in one place."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from inspect import isawaitable
from typing import ClassVar, TypeVar

from textual import on
from textual.css.query import NoMatches
from textual.events import ScreenResume
from textual.notifications import SeverityLevel
from textual.screen import Screen

from sessiontui.domain.printable import printable_line
from sessiontui.ui.action_keys import key_words, keys_in_use
from sessiontui.ui.actions import ACTION, Action, Scope, Topic, footer_actions
from sessiontui.ui.messages import SettingsWanted
from sessiontui.ui.steps import Step
from sessiontui.ui.widgets.key_footer import FooterKey, KeyFooter
from sessiontui.ui.widgets.line_input import LineInput
from sessiontui.ui.widgets.split_panes import SplitPanes
from sessiontui.ui.widgets.welcome import Welcome
from sessiontui.ui.workbench import Workbench

Answer = TypeVar("Answer")


class ActionScreen(Screen[Answer]):
    """Base of the screens. A subclass sets `SCOPE` and `BINDINGS = bindings_of(SCOPE)`.

    An action that makes no sense at the moment is not relevant: its key does nothing and is not
    shown. One that makes sense and cannot be done is refused: its key says why.
    """

    SCOPE: ClassVar[Scope]

    def __init__(self, bench: Workbench) -> None:
        super().__init__()
        self.bench = bench
        self._was_on_top = False

    def on_compose(self) -> None:
        """Have the classes of the screen's size before its widgets are there to be styled."""
        width, height = self.app.size
        fitting = {
            *self._get_breakpoint_classes(width, self.HORIZONTAL_BREAKPOINTS or []),
            *self._get_breakpoint_classes(height, self.VERTICAL_BREAKPOINTS or []),
        }
        self.update_classes(dict.fromkeys(fitting, True), update=False)
        self.app.stylesheet.apply(self)

    @on(ScreenResume)
    def _keep_styles(self, event: ScreenResume) -> None:
        """Leave styles as they are the first time: Textual would apply them all once more."""
        if not self._was_on_top:
            event.refresh_styles = False
        self._was_on_top = True

    # -- to be overridden ------------------------------------------------------------------

    def is_relevant(self, action: Action) -> bool:
        """Whether an action makes sense now."""
        return True

    def refusal(self, action: Action) -> str | None:
        """Why a relevant action cannot be done now, in one sentence; None when it can."""
        return None

    def before(self, action: Action) -> None:
        """Called before an action is done, or refused."""

    def step(self, step: Step) -> None:
        """Move the cursor, or scroll."""

    def footer_keys(self) -> Iterable[FooterKey]:
        """What the footer shows: keys that work now, most useful first, help last."""
        keys = self.keys()
        for action in footer_actions(self.SCOPE):
            if action.id in keys and self.refusal(action) is None:
                yield FooterKey(action.id, key_words(keys[action.id][0]), action.title)

    # -- doing -----------------------------------------------------------------------------

    def keys(self) -> dict[str, tuple[str, ...]]:
        """The keys by which actions are called here and now."""
        return keys_in_use((key, item.binding) for key, item in self.active_bindings.items())

    def key_of(self, action_id: str) -> str:
        """The key of an action in words, for sentences."""
        return self.bench.key_of(action_id)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Actions that are not relevant are not there at all: their key is free for others."""
        if action == "perform" and parameters:
            if not self.is_mounted:
                return False  # typed before there is anything to act on
            focused, key = self.focused, self.bench.pressed
            if key is not None and isinstance(focused, LineInput) and focused.keeps(key):
                return False
            try:
                return self.is_relevant(ACTION[str(parameters[0])])
            except NoMatches:
                return False  # asked while the screen is made or taken apart
        return super().check_action(action, parameters)

    async def action_perform(self, action_id: str) -> None:
        """Do an action, or say why not."""
        action = ACTION[action_id]
        if not self.is_relevant(action) or self._greeted(action):
            return
        if action.id == "back" and self._selection_dropped():
            return
        self.before(action)
        reason = self.refusal(action)
        if reason is not None:
            refused = f"cannot {action.title}: " if action.topic is Topic.CHANGE else ""
            self.tell(f"{refused}{reason}", "warning")
            return
        done = getattr(self, f"action_{action.id}")()
        if isawaitable(done):
            await done

    def _selection_dropped(self) -> bool:
        """Take away what the mouse selected; whether there was anything."""
        selected = self.get_selected_text()
        self.clear_selection()
        return bool(selected)

    @property
    def is_greeting(self) -> bool:
        """Whether the welcome lies over everything."""
        return bool(self.query(Welcome))

    def _greeted(self, action: Action) -> bool:
        """Take the welcome away; whether that is all that this key was pressed for."""
        if not self.is_greeting:
            return False
        self.query(Welcome).remove()
        return action.id in {"open", "back"}

    def tell(self, text: str, severity: SeverityLevel = "information") -> None:
        """Show a toast; stored text in it is made safe."""
        self.notify(printable_line(text), severity=severity, markup=False)

    # -- footer ----------------------------------------------------------------------------

    def on_mount(self) -> None:
        """Keep the footer true. Called besides the `on_mount` of subclasses, after it."""
        self.bindings_updated_signal.subscribe(self, lambda _screen: self.refresh_footer())

    def refresh_footer(self) -> None:
        """Show the keys that work now."""
        if self.is_mounted and self.is_current:
            with suppress(NoMatches):  # the screen is being taken apart
                self.query_one(KeyFooter).keys = tuple(self.footer_keys())

    @on(KeyFooter.Clicked)
    async def _footer_clicked(self, message: KeyFooter.Clicked) -> None:
        message.stop()
        if message.action in ACTION:
            await self.action_perform(message.action)
        else:
            await self.run_action(message.action)

    # -- actions of every screen -----------------------------------------------------------

    def action_cursor_down(self) -> None:
        """Down."""
        self.step(Step.DOWN)

    def action_cursor_up(self) -> None:
        """Up."""
        self.step(Step.UP)

    def action_page_down(self) -> None:
        """A page down."""
        self.step(Step.PAGE_DOWN)

    def action_page_up(self) -> None:
        """A page up."""
        self.step(Step.PAGE_UP)

    def action_go_first(self) -> None:
        """To the beginning."""
        self.step(Step.FIRST)

    def action_go_last(self) -> None:
        """To the end."""
        self.step(Step.LAST)

    def action_shrink_list(self) -> None:
        """Give the first of two panes less room."""
        self.query_one(SplitPanes).move(-1)

    def action_grow_list(self) -> None:
        """Give the first of two panes more room."""
        self.query_one(SplitPanes).move(1)

    @on(SplitPanes.Moved)
    def _panes_moved(self, message: SplitPanes.Moved) -> None:
        message.stop()
        self.bench.view_state.set("list_share", message.share)

    def action_help(self) -> None:
        """Show the keys of this screen."""
        from sessiontui.ui.screens.help import Help  # noqa: PLC0415 - Help shows screens

        self.app.push_screen(Help(self, search_first=self.is_writing_query))

    @property
    def is_writing_query(self) -> bool:
        """Whether a query is being written, which is what help is then asked for."""
        return False

    async def action_palette(self) -> None:
        """Open the command palette."""
        from sessiontui.ui.screens.palette import Palette  # noqa: PLC0415 - it offers screens

        await self.app.push_screen(Palette(self))

    def action_statistics(self) -> None:
        """Show numbers over the sessions of the list."""
        from sessiontui.ui.screens.statistics import open_statistics  # noqa: PLC0415

        open_statistics(self.app, self.bench)

    def action_theme(self) -> None:
        """Choose a theme."""
        from sessiontui.ui.screens.palette import Palette  # noqa: PLC0415 - it offers screens

        self.app.push_screen(Palette(self, themes=True))

    def action_settings(self) -> None:
        """Open the settings file in an editor."""
        self.app.post_message(SettingsWanted())

    async def action_quit(self) -> None:
        """Leave the program."""
        await self.app.action_quit()
