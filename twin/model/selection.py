"""What the user has picked: (layer id, feature id) pairs."""

from __future__ import annotations

from collections.abc import Iterable

from psygnal import Signal

FeatureRef = tuple[str, str]
"""Layer id and feature id."""


class Selection:
    """The selected features; ``changed`` is emitted with the new set, only when it differs."""

    changed = Signal(frozenset)

    def __init__(self) -> None:
        self._features: frozenset[FeatureRef] = frozenset()
        self._current: FeatureRef | None = None

    @property
    def features(self) -> frozenset[FeatureRef]:
        """All selected features."""
        return self._features

    @property
    def current(self) -> FeatureRef | None:
        """The last one clicked: what the attributes panel shows."""
        return self._current

    def of_layer(self, layer_id: str) -> frozenset[str]:
        """Return the selected feature ids of one layer."""
        return frozenset(feature for layer, feature in self._features if layer == layer_id)

    def set(self, features: Iterable[FeatureRef], *, current: FeatureRef | None = None) -> None:
        """Replace the selection; ``current`` defaults to one of the features."""
        chosen = frozenset(features)
        if current not in chosen:
            current = min(chosen) if chosen else None
        if chosen == self._features and current == self._current:
            return
        self._features, self._current = chosen, current
        self.changed.emit(chosen)

    def toggle(self, feature: FeatureRef) -> None:
        """Add a feature, or take it away if it is selected."""
        if feature in self._features:
            self.set(self._features - {feature})
        else:
            self.set(self._features | {feature}, current=feature)

    def clear(self) -> None:
        """Select nothing."""
        self.set(())
