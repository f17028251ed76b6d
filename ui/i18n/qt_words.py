"""Qt's own words (names of keys, buttons of dialogs) in the language of the interface."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from ui.i18n.translator import translator


class QtWords:
    """Keeps Qt's catalogue in step with the application's. Make it before any window.

    Windows word themselves again when the language changes; by then the names of keys must be the new ones.
    """

    def __init__(self, app: QCoreApplication) -> None:
        self._app = app
        self._loaded: QTranslator | None = None
        self._load(translator.language)
        translator.language_changed.connect(self._load)

    def close(self) -> None:
        """Let go of Qt's catalogue."""
        translator.language_changed.disconnect(self._load)
        self._load("")

    def _load(self, language: str) -> None:
        if self._loaded is not None:
            self._app.removeTranslator(self._loaded)
            self._loaded.deleteLater()
            self._loaded = None
        QLocale.setDefault(translator.locale)  # for windows of their own: dialogs, the audience's
        folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        words = QTranslator(self._app)
        # English is the language of Qt's source: there is no catalogue of it.
        if words.load(f"qtbase_{language}", folder) and self._app.installTranslator(words):
            self._loaded = words
        else:
            words.deleteLater()
