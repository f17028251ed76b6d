"""Shader programs with their uniforms; one of each kind for a whole stage, shared by all actors."""

from __future__ import annotations

from collections.abc import Sequence

from vtkmodules.vtkCommonMath import vtkMatrix4x4
from vtkmodules.vtkRenderingOpenGL2 import vtkOpenGLShaderProperty, vtkOpenGLUniforms

from twin.render.cut import with_cut
from twin.render.shaders import surface
from twin.render.shaders.kind import DEPTH, Kind

Number = float | Sequence[float] | vtkMatrix4x4


class Material:
    """A shader program and the values of its uniforms."""

    def __init__(self, vertex: str, fragment: str) -> None:
        self._fragment = fragment
        self.shader = vtkOpenGLShaderProperty()
        self.shader.SetVertexShaderCode(vertex)
        self.shader.SetFragmentShaderCode(fragment)
        uniforms = self.shader.GetFragmentCustomUniforms()
        assert isinstance(uniforms, vtkOpenGLUniforms)  # noqa: S101 - what OpenGL's property has
        self._uniforms = uniforms

    def set_cut(self, *, on: bool) -> None:
        """Leave out what is cut away, or draw all; vertices that are uploaded stay where they are."""
        self.shader.SetFragmentShaderCode(with_cut(self._fragment) if on else self._fragment)

    def set(self, name: str, value: Number) -> None:
        """Give a uniform its value: a number, 2 to 4 of them, or a matrix."""
        if isinstance(value, vtkMatrix4x4):
            self._uniforms.SetUniformMatrix(name, value)
        elif isinstance(value, float | int):
            self._uniforms.SetUniformf(name, float(value))
        elif len(value) == 2:
            self._uniforms.SetUniform2f(name, value)
        elif len(value) == 3:
            self._uniforms.SetUniform3f(name, value)
        else:
            self._uniforms.SetUniform4f(name, value)


class Materials:
    """The programs of a stage, made when first needed, all under the same light."""

    def __init__(self) -> None:
        self._of: dict[object, Material] = {}
        self._common: dict[str, Number] = {}
        self._cut = False

    def of(self, kind: Kind) -> Material:
        """Return the program of a kind of surface."""
        if kind in self._of:
            return self._of[kind]
        return self.named(kind, *surface.programs(kind))

    def named(self, key: object, vertex: str, fragment: str) -> Material:
        """Return the program kept under a key, made from its text the first time."""
        if key not in self._of:
            material = Material(vertex, fragment)
            for name, value in self._common.items():
                material.set(name, value)
            self._of[key] = material
            if self._cut and _can_be_cut(key):
                material.set_cut(on=True)
        return self._of[key]

    def set_cut(self, *, on: bool) -> None:
        """Cut all surfaces open, or none: a test at every pixel costs nothing to those who do not need it."""
        if on == self._cut:
            return
        self._cut = on
        for key, material in self._of.items():
            if _can_be_cut(key):
                material.set_cut(on=on)

    def set(self, name: str, value: Number) -> None:
        """Give a uniform the same value in every program."""
        if not isinstance(value, vtkMatrix4x4) and self._common.get(name) == value:
            return
        self._common[name] = value
        for material in self._of.values():
            material.set(name, value)


def _can_be_cut(key: object) -> bool:
    """Whether a program draws surfaces of the scene: a lamp sees what is cut away, the sky has no depth."""
    return isinstance(key, Kind) and key != DEPTH
