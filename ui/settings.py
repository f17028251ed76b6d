"""What the application remembers of its user: language, theme, quality, recent projects, layout."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QObject, QSettings, Signal

from ui.i18n import catalogue

LANGUAGES = ("", *catalogue.LANGUAGES)
THEMES = ("system", "light", "dark")
QUALITIES = ("auto", "fast", "balanced", "best")
MEMORIES = ("auto", "1000", "2000", "4000", "8000", "16000")
"""For the scene, in MB."""
TEXT_SIZES = ("100", "115", "130", "150")
"""In per cent of the usual."""
MOTIONS = ("full", "reduced")
MOST_RECENT = 10


class Settings(QObject):
    """Typed access to the settings file; ``changed`` tells which name changed.

    Parameters
    ----------
    path : Path or None
        An INI file; None: the user's own.
    """

    changed = Signal(str)

    def __init__(self, path: Path | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        form, scope = QSettings.Format.IniFormat, QSettings.Scope.UserScope
        if path is None:
            self._store = QSettings(form, scope, "Belvedere", "Belvedere", self)
        else:
            self._store = QSettings(str(path), form, self)

    @property
    def language(self) -> str:
        """Code of a language of the interface, or empty for the system's."""
        return self._one_of("language", LANGUAGES)

    @language.setter
    def language(self, value: str) -> None:
        self._set_one_of("language", value, LANGUAGES)

    @property
    def theme(self) -> str:
        """``system``, ``light`` or ``dark``."""
        return self._one_of("theme", THEMES)

    @theme.setter
    def theme(self, value: str) -> None:
        self._set_one_of("theme", value, THEMES)

    @property
    def quality(self) -> str:
        """How much drawing may cost: ``auto``, ``fast``, ``balanced`` or ``best``."""
        return self._one_of("quality", QUALITIES)

    @quality.setter
    def quality(self, value: str) -> None:
        self._set_one_of("quality", value, QUALITIES)

    @property
    def memory(self) -> str:
        """Memory that the scene may take: ``auto`` or a number of MB."""
        return self._one_of("memory", MEMORIES)

    @memory.setter
    def memory(self, value: str) -> None:
        self._set_one_of("memory", value, MEMORIES)

    @property
    def memory_bytes(self) -> int | None:
        """The same in bytes; None: automatic."""
        return None if self.memory == "auto" else int(self.memory) * 1_000_000

    @property
    def text_size(self) -> str:
        """How large words are, in per cent: one of ``TEXT_SIZES``."""
        return self._one_of("text_size", TEXT_SIZES)

    @text_size.setter
    def text_size(self, value: str) -> None:
        self._set_one_of("text_size", value, TEXT_SIZES)

    @property
    def text_scale(self) -> float:
        """The same as a factor."""
        return int(self.text_size) / 100.0

    @property
    def motion(self) -> str:
        """``full``, or ``reduced`` for those whom motion makes ill."""
        return self._one_of("motion", MOTIONS)

    @motion.setter
    def motion(self, value: str) -> None:
        self._set_one_of("motion", value, MOTIONS)

    @property
    def calm(self) -> bool:
        """Whether cameras jump instead of flying."""
        return self.motion == "reduced"

    @property
    def recent(self) -> tuple[Path, ...]:
        """Projects opened or saved, the latest first; those that are gone are left out."""
        stored = self._store.value("recent", [])
        names = [stored] if isinstance(stored, str) else list(stored or [])
        return tuple(path for path in map(Path, names) if path.exists())

    def remember(self, project: Path) -> None:
        """Put a project first among the recent ones."""
        first = project.resolve()
        rest = [path for path in self.recent if path != first]
        self._set("recent", [str(path) for path in (first, *rest)][:MOST_RECENT])

    def forget_recent(self) -> None:
        """Empty the list of recent projects."""
        self._set("recent", [])

    @property
    def last_folder(self) -> Path:
        """Where the last file was chosen, the home folder at first."""
        folder = Path(str(self._store.value("last_folder", "")) or Path.home())
        return folder if folder.is_dir() else Path.home()

    @last_folder.setter
    def last_folder(self, value: Path) -> None:
        self._set("last_folder", str(value))

    @property
    def geometry(self) -> QByteArray | None:
        """Size and place of the window as Qt saved them."""
        return self._bytes("window/geometry")

    @geometry.setter
    def geometry(self, value: QByteArray) -> None:
        self._set("window/geometry", value)

    def layout(self, version: int) -> QByteArray | None:
        """Return the arrangement of the panels, if it was saved by this version of the window."""
        if self._store.value("window/version", 0, type=int) != version:
            return None
        return self._bytes("window/layout")

    def set_layout(self, value: QByteArray, version: int) -> None:
        """Keep the arrangement of the panels."""
        self._set("window/version", version)
        self._set("window/layout", value)

    def flag(self, name: str, *, default: bool) -> bool:
        """Return a small yes or no, for instance whether the legend is unfolded."""
        return bool(self._store.value(f"flags/{name}", default, type=bool))

    def set_flag(self, name: str, *, on: bool) -> None:
        """Keep a small yes or no."""
        self._set(f"flags/{name}", on)

    def sync(self) -> None:
        """Write to disk now."""
        self._store.sync()

    def _one_of(self, name: str, allowed: tuple[str, ...]) -> str:
        value = str(self._store.value(name, allowed[0]) or allowed[0])
        return value if value in allowed else allowed[0]

    def _set_one_of(self, name: str, value: str, allowed: tuple[str, ...]) -> None:
        if value not in allowed:
            raise ValueError(
                f"{name} must be one of {', '.join(map(repr, allowed))}, got {value!r}"
            )
        if value != self._one_of(name, allowed):
            self._set(name, value)

    def _bytes(self, name: str) -> QByteArray | None:
        value = self._store.value(name)
        return value if isinstance(value, QByteArray) and not value.isEmpty() else None

    def _set(self, name: str, value: object) -> None:
        self._store.setValue(name, value)
        self.changed.emit(name)
