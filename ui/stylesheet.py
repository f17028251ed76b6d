"""The style sheet, a template over the names of :class:`ui.theme.Palette`.

No font family or weight here: a sheet's font would override the ones that ``ui.text`` sets.
"""

from __future__ import annotations

SHEET = """
QMainWindow, QDialog { background: $panel; color: $text; }
QMainWindow::separator { background: $border; width: 1px; height: 1px; }
QMainWindow::separator:hover { background: $accent; }
QToolTip { background: $base; color: $text; border: 1px solid $outline; padding: 4px 6px; }

QMenuBar { background: $panel; color: $text; border-bottom: 1px solid $border; padding: 1px 4px; }
QMenuBar::item { padding: 5px 10px; border-radius: 5px; background: transparent; }
QMenuBar::item:selected, QMenuBar::item:pressed { background: $hover; }
QMenu { background: $panel; color: $text; border: 1px solid $border; padding: 5px; }
QMenu::item { padding: 6px 26px 6px 10px; border-radius: 5px; }
QMenu::item:selected { background: $accent_soft; color: $on_soft; }
QMenu::item:disabled { color: $disabled; background: transparent; }
QMenu::separator { height: 1px; background: $border; margin: 5px 6px; }
QMenu::icon { padding-left: 8px; }

QToolBar { background: $panel; border: none; border-bottom: 1px solid $border; spacing: 2px; padding: 3px 6px; }
QToolBar::separator { width: 1px; background: $border; margin: 5px 6px; }
QToolButton { background: transparent; color: $text; border: 1px solid transparent; border-radius: 6px;
  padding: 4px; }
QToolButton:hover { background: $hover; }
QToolButton:pressed { background: $accent_soft; }
QToolButton:checked { background: $accent_soft; color: $on_soft; }
QToolButton[quiet="true"]:checked { background: transparent; color: $text; }
QToolButton[quiet="true"]:hover { background: $hover; }
QToolButton:focus { border: 1px solid $accent; }
QToolButton:disabled { color: $disabled; }
QToolButton::menu-indicator { image: none; }

QDockWidget { color: $text; }
QDockWidget > QWidget { background: $panel; }
QTabBar { background: $panel; }
QTabBar::tab { background: transparent; color: $muted; padding: 6px 12px; border: none;
  border-bottom: 2px solid transparent; }
QTabBar[compact="true"]::tab { padding: 6px 7px; }
QTabBar::tab:selected { color: $text; border-bottom: 2px solid $accent; }
QTabBar::tab:hover { color: $text; background: $hover; }
QTabBar::tab:focus { color: $accent; }
QTabWidget::pane { border: none; border-top: 1px solid $border; }

QStatusBar { background: $panel; color: $muted; border-top: 1px solid $border; }
QStatusBar::item { border: none; }
QStatusBar QLabel { color: $muted; padding: 0 6px; }

QPushButton { background: $base; color: $text; border: 1px solid $outline; border-radius: 6px; padding: 6px 14px;
  min-height: 18px; }
QPushButton:hover { background: $hover; }
QPushButton:pressed { background: $accent_soft; }
QPushButton:checked { background: $accent_soft; color: $on_soft; border-color: $accent; }
QPushButton:default { background: $accent; color: $on_accent; border-color: $accent; }
QPushButton:focus { border: 2px solid $accent; padding: 5px 13px; }
QPushButton:default:focus { border: 2px solid $text; }
QPushButton:disabled { color: $disabled; background: $panel; border-color: $border; }
QPushButton:flat { background: transparent; border-color: transparent; }
QPushButton:flat:hover { background: $hover; }

QLineEdit, QSpinBox, QDoubleSpinBox, QDateTimeEdit, QDateEdit, QTimeEdit, QComboBox, QPlainTextEdit, QTextEdit {
  background: $base; color: $text; border: 1px solid $outline; border-radius: 6px; padding: 4px 7px;
  selection-background-color: $accent; selection-color: $on_accent; }
QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QDateTimeEdit:focus, QComboBox:focus, QPlainTextEdit:focus,
QTextEdit:focus { border: 2px solid $accent; padding: 3px 6px; }
/* Room for letters taller than the typeface's own: Qt cuts a line at its padding, and with it the hamza of an alef. */
QLineEdit { padding: 0 7px; min-height: 26px; }
QLineEdit:focus { padding: 0 6px; min-height: 24px; }
QLineEdit:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled, QComboBox:disabled { color: $disabled;
  background: $panel; border-color: $border; }
QAbstractSpinBox QLineEdit, QComboBox QLineEdit { border: none; padding: 0; min-height: 0; background: transparent; }
QAbstractItemView QLineEdit { min-height: 0; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { subcontrol-origin: border; width: 18px; border: none;
  background: transparent; }
QAbstractSpinBox::up-button { subcontrol-position: top right; margin-top: 2px; }
QAbstractSpinBox::down-button { subcontrol-position: bottom right; margin-bottom: 2px; }
QAbstractSpinBox::up-arrow { image: url($icons/up-$name.svg); width: 9px; height: 9px; }
QAbstractSpinBox::down-arrow { image: url($icons/down-$name.svg); width: 9px; height: 9px; }
QComboBox::drop-down, QDateEdit::drop-down, QDateTimeEdit::drop-down { subcontrol-origin: border;
  subcontrol-position: center right; width: 22px; border: none; background: transparent; }
QComboBox::down-arrow, QDateEdit::down-arrow, QDateTimeEdit::down-arrow { image: url($icons/down-$name.svg);
  width: 10px; height: 10px; }
QCheckBox::indicator, QTreeView::indicator, QListView::indicator, QTableView::indicator,
QMenu::indicator:non-exclusive {
  width: 14px; height: 14px; border: 1px solid $outline; border-radius: 4px; background: $base; }
QCheckBox::indicator:checked, QTreeView::indicator:checked, QListView::indicator:checked,
QTableView::indicator:checked, QMenu::indicator:non-exclusive:checked { background: $accent; border-color: $accent;
  image: url($icons/check-$name.svg); }
QCheckBox::indicator:indeterminate, QTreeView::indicator:indeterminate { background: $accent; border-color: $accent;
  image: url($icons/part-$name.svg); }
QCheckBox::indicator:focus, QCheckBox::indicator:hover, QTreeView::indicator:hover { border-color: $accent; }
QCheckBox::indicator:disabled { border-color: $disabled; background: $panel; }
QTreeView::branch:has-children:closed { image: url($icons/right-$name.svg); }
QTreeView::branch:has-children:open { image: url($icons/down-$name.svg); }
QComboBox QAbstractItemView { background: $base; color: $text; border: 1px solid $outline; padding: 4px;
  selection-background-color: $accent_soft; selection-color: $on_soft; }

QAbstractItemView { background: $base; alternate-background-color: $alternate; color: $text; border: none;
  selection-background-color: $accent_soft; selection-color: $on_soft; gridline-color: $border; outline: 0; }
QTreeView, QListView { background: $panel; }
QTreeView::item, QListView::item { padding: 3px 2px; border-radius: 4px; }
QTreeView::item:hover, QListView::item:hover { background: $hover; }
QTreeView::item:selected, QListView::item:selected { background: $accent_soft; color: $on_soft; }
QTreeView:focus, QListView:focus, QTableView:focus { border: 1px solid $accent; }
QTableView::item { padding: 0 6px; }
QHeaderView::section { background: $panel; color: $muted; border: none; border-bottom: 1px solid $border;
  border-right: 1px solid $border; padding: 5px 8px; }
QTableCornerButton::section { background: $panel; border: none; }

QScrollArea { border: none; background: transparent; }
QScrollBar:vertical { background: transparent; width: 11px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 11px; margin: 0; }
QScrollBar::handle { background: $outline; border-radius: 3px; margin: 2px 4px; min-height: 28px; min-width: 28px; }
QScrollBar::handle:hover { background: $muted; margin: 2px; }
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page { background: none;
  border: none; width: 0; height: 0; }

QSlider::groove:horizontal { height: 4px; background: $outline; border-radius: 2px; }
QSlider::sub-page:horizontal { background: $accent; border-radius: 2px; }
QSlider::handle:horizontal { width: 14px; height: 14px; margin: -6px 0; border-radius: 8px; background: $base;
  border: 1px solid $outline; }
QSlider::handle:horizontal:hover { border-color: $accent; }
QSlider::handle:horizontal:focus { border: 2px solid $accent; }
QProgressBar { background: $hover; border: none; border-radius: 3px; height: 6px; text-align: center; color: $text; }
QProgressBar::chunk { background: $accent; border-radius: 3px; }
QGroupBox { border: none; border-top: 1px solid $border; margin-top: 18px; padding-top: 8px; }
QGroupBox::title { subcontrol-origin: margin; left: 0; color: $muted; }
QSplitter::handle { background: $border; }
QLabel { color: $text; background: transparent; }
QLabel[muted="true"] { color: $muted; }
QLabel[tone="danger"] { color: $danger; }
QLabel[tone="warning"] { color: $warning; }
QLabel:disabled { color: $disabled; }
QCheckBox, QRadioButton { color: $text; spacing: 7px; }
QCheckBox:focus, QRadioButton:focus { color: $accent; }
"""
