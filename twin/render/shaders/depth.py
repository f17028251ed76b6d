"""Nothing but depth: what a lamp sees."""

from __future__ import annotations

VERTEX = """//VTK::System::Dec
in vec4 vertexMC;
in vec4 look;
uniform mat4 MCDCMatrix;
uniform float opacityUniform;
uniform float uUnseen;
uniform sampler2D rowTable;
void main() {
  int row = int(look.x + 0.5);
  bool hidden = opacityUniform <= 0.0 || uUnseen > 0.5;
  if (look.x >= 0.0) hidden = hidden || texelFetch(rowTable, ivec2(row & 2047, row >> 11), 0).a < 0.25;
  gl_Position = hidden ? vec4(2.0, 2.0, 2.0, 1.0) : MCDCMatrix * vertexMC;
}
"""

FRAGMENT = """//VTK::System::Dec
//VTK::Output::Dec
void main() { gl_FragData[0] = vec4(1.0); }
"""
