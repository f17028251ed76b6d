"""What actions and panels ask of the window."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from twin.model.project import View
from twin.problems import Problem
from ui.i18n import tr, translator
from ui.window.messages import tell

if TYPE_CHECKING:
    from twin.work.session import Session
    from ui.actions import ActionSet
    from ui.services import Services
    from ui.viewport import Viewport
    from ui.window.bookmarks import Bookmarks
    from ui.window.docks import Docks
    from ui.window.status import StatusBar


class Requests:
    """The part of the main window that actions call."""

    services: Services
    session: Session | None
    viewport: Viewport
    docks: Docks
    status: StatusBar
    bookmarks: Bookmarks
    action_set: ActionSet
    panels_hidden: bool

    @property
    def language(self) -> str:
        """The language in use."""
        return translator.language

    def set_language(self, language: str) -> None:
        """Switch the language now and for the next time."""
        self.services.settings.language = language
        translator.set_language(language)

    def set_theme(self, mode: str) -> None:
        """Switch the theme now and for the next time."""
        self.services.settings.theme = mode
        self.services.theme.set_mode(mode)

    def take_setting(self, name: str) -> None:
        """Let a setting that was changed take effect."""
        settings = self.services.settings
        if name == "quality":
            self.viewport.set_quality(settings.quality)
        elif name == "memory":
            self.viewport.stage.set_memory_budget(settings.memory_bytes)
        elif name == "theme":
            self.services.theme.set_mode(settings.theme)
        elif name == "motion":
            self.viewport.pilot.set_animated(on=not settings.calm)

    def undo_wording(self) -> str:
        """Word the undo action with the step that it would take back."""
        label = self.session.history.undo_label if self.session else ""
        return tr("action.edit.undo_step", step=tr(label)) if label else tr("action.edit.undo")

    def redo_wording(self) -> str:
        """Word the redo action with the step that it would do again."""
        label = self.session.history.redo_label if self.session else ""
        return tr("action.edit.redo_step", step=tr(label)) if label else tr("action.edit.redo")

    def fly_to(self, target: Any) -> None:
        """Fly to a bookmark, or to a box given as x_min, y_min, z_min, x_max, y_max, z_max."""
        if isinstance(target, View):
            self.bookmarks.fly(target)
        elif target is not None:
            self.viewport.fly_to_bounds(tuple(float(value) for value in target))

    def fly_to_selection(self) -> None:
        """Fly to what is selected, else to the whole city."""
        bounds = self._selection_bounds()
        if bounds is None:
            self.viewport.home()
        else:
            self.viewport.fly_to_bounds(bounds)

    def reload_layers(self) -> None:
        """Read the sources of every layer again."""
        if self.session is not None:
            for runtime in self.session.layers():
                self.session.reload(runtime.spec.id)

    def show_layers(self, *, visible: bool) -> None:
        """Show or hide all layers."""
        if self.session is not None:
            self.session.do(
                "command.show_layers",
                lambda p: p.showing(spec.id for spec in p.layers if visible),
            )

    def show_layer(self, layer_id: str) -> None:
        """Show a layer in the panel of layers."""
        self.docks.show("layers")
        self.docks.layers.choose(layer_id)

    def show_table(self, layer_id: str) -> None:
        """Show the attribute table of a layer."""
        self.docks.table.show_layer(layer_id)
        self.docks.show("table")

    def focus_search(self) -> None:
        """Put the cursor into the search field, shown if need be."""
        if self.panels_hidden:
            self.toggle_panels()
        self.search.setFocus()

    def show_palette(self) -> None:
        """Open the palette of actions."""
        from ui.docks.command_palette import CommandPalette

        palette = CommandPalette(self)
        palette.open_for(self.action_set)

    def show_settings(self) -> None:
        """Open the settings."""
        from ui.dialogs.settings_dialog import SettingsDialog

        SettingsDialog(self.services.settings, self, theme=self.services.theme).open()

    def show_go_to(self) -> None:
        """Ask for coordinates and fly there."""
        from ui.dialogs.go_to_dialog import GoToDialog

        dialog = GoToDialog(self.session, self)
        dialog.fly_to_requested.connect(self.fly_to)
        dialog.open()

    def show_keys(self) -> None:
        """Show what keys and mouse do."""
        from ui.window.keys_dialog import KeysDialog

        KeysDialog(self.action_set, self).open()

    def show_about(self) -> None:
        """Show what this is and whose work it stands on."""
        from ui.dialogs.about_dialog import AboutDialog

        AboutDialog(self, renderer=self.viewport.stage.renderer).open()

    def toggle_full_screen(self) -> None:
        """Fill the screen, or go back."""
        if self.isFullScreen():
            self.showMaximized() if self._was_maximized else self.showNormal()
        else:
            self._was_maximized = self.isMaximized()
            self.showFullScreen()

    def toggle_panels(self) -> None:
        """Leave only the view, for an audience; or bring the panels back as they were."""
        if not self.panels_hidden:
            self._hidden = [
                part
                for part in (*self.docks.frames.values(), self.tool_bar, self.time_tool_bar)
                if not part.isHidden()
            ]
            for part in (*self._hidden, self.menuBar(), self.statusBar()):
                part.hide()
        else:
            for part in (*self._hidden, self.menuBar(), self.statusBar()):
                part.show()
        self.panels_hidden = not self.panels_hidden
        self.viewport.setFocus()
        self.action_set.refresh_soon()

    def tell(self, problem: Problem) -> None:
        """Show a problem that answers what the user just did."""
        tell(self, problem)

    def say(self, key: str, **values: object) -> None:
        """Show a message in the status bar."""
        self.status.say(tr(key, **values))

    def _selection_bounds(self) -> tuple[float, ...] | None:
        from ui.docks.features import bounds_of_rows, rows_of

        session = self.session
        boxes = []
        for runtime in session.layers() if session else ():
            chosen = session.selection.of_layer(runtime.spec.id)
            if chosen and runtime.table is not None:
                box = bounds_of_rows(session, runtime, list(rows_of(runtime.table, chosen)))
                boxes += [box] if box else []
        if not boxes:
            return None
        low = tuple(min(box[i] for box in boxes) for i in range(3))
        return (*low, *(max(box[i] for box in boxes) for i in range(3, 6)))
