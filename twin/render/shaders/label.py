"""Labels: pieces of one picture laid over the scene, pixel by pixel."""

from __future__ import annotations

VERTEX = """//VTK::System::Dec
in vec4 vertexMC;           // pixels from the bottom left
in vec2 uvMC;
uniform vec4 uScreen;
out vec2 uv;
void main() {
  uv = uvMC;
  gl_Position = vec4(vertexMC.xy / uScreen.xy * 2.0 - 1.0, -0.99, 1.0);
}
"""

FRAGMENT = """//VTK::System::Dec
//VTK::Output::Dec
in vec2 uv;
uniform sampler2D picture;
void main() {
  vec4 texel = texture(picture, uv);
  if (texel.a < 0.004) discard;
  gl_FragData[0] = texel;
}
"""
