"""Which program a surface needs: what its parts have, and how closely it is looked at."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from twin.render.shaders import distant


@dataclass(frozen=True)
class Kind:
    """Which program a surface needs."""

    body: str = "plain"
    styled: bool = True
    own_colour: bool = False
    smooth: bool = False
    textured: bool = False
    mixed: bool = False  # the alpha of each vertex says whether it takes the colour of its row
    flow: bool = False
    moving: bool = False
    shape: str = ""  # "LINE" or "DOT": corners are spread on the screen; "TUBE": never too thin
    pull: float = 0.0
    distant: bool = False  # lit at the corners, for small triangles
    fast: bool = False  # for a moving picture
    faced: bool = False  # one corner of each triangle tells the plane that it lies in

    def __post_init__(self) -> None:
        """Work out the hash once: kinds are looked up for every piece of every frame."""
        object.__setattr__(self, "_hash", hash(tuple(self.__dict__.values())))

    def __hash__(self) -> int:
        return int(self.__dict__["_hash"])

    @property
    def near_wall(self) -> bool:
        """Whether windows and storeys are drawn on it."""
        return self.body == "solid" and not self.distant

    @property
    def brief(self) -> bool:
        """Whether it is lit in the shortest way there is."""
        return self.distant and self.fast and self.body != "ground"

    @property
    def flat(self) -> bool:
        """Whether it is lit once a triangle."""
        return self.brief and self.faced

    @property
    def near_panes(self) -> bool:
        """Whether its windows are worked out once a triangle, for a moving picture."""
        return self.near_wall and self.fast and self.faced

    @property
    def defines(self) -> str:
        """The lines that switch the parts of the programs on."""
        chosen = {
            "STYLED": self.styled,
            "OWN_COLOUR": self.own_colour,
            "MIXED": self.mixed,
            "SMOOTH": self.smooth,
            "TEXTURED": self.textured,
            "FLOW": self.flow,
            "MOVING": self.moving,
            "FACADE": self.near_wall,
            "STANDING": self.near_wall or (self.body == "vegetation" and not self.distant),
            "DISTANT": self.distant,
            "FACADE_BODY": self.body == "solid",
            "GROUND_BODY": self.body == "ground",
            "FAST": self.fast,
            "BRIEF": self.brief and not self.faced,
            "FLAT": self.flat,
            "PANES": self.near_panes,
        }
        lines = [f"#define {name}" for name, on in chosen.items() if on]
        lines += [f"#define {self.shape}"] if self.shape else []
        lines.append("#define DIMMED (vec3(dot(albedo, vec3(0.33))) * 0.45 + albedo * 0.18)")
        return "\n".join([*lines, f"#define PULL {self.pull:.3f}"])

    @property
    def can_be_distant(self) -> bool:
        """Whether there is a program that lights it at its corners."""
        plain = not (self.textured or self.flow or self.shape)
        return plain and self.body in distant.BODIES


@lru_cache(maxsize=512)
def variant(kind: Kind, *, distant: bool, fast: bool) -> Kind:
    """Return the kind for far away, or for a moving picture; always the same object."""
    return replace(kind, distant=distant and kind.can_be_distant, fast=fast)


DEPTH = Kind(body="depth")
"""What a lamp draws of every surface."""
