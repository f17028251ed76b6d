"""The sky behind everything, at the far end of the depth: fine, or worked out at the corners of a grid."""

from __future__ import annotations

from twin.render.shaders import light

VERTEX = """//VTK::System::Dec
in vec4 vertexMC;
uniform vec3 uAhead;        // axes of the view, right and up as long as half the picture
uniform vec3 uRight;
uniform vec3 uUp;
out vec3 way;
void main() {
  way = uAhead + uRight * vertexMC.x + uUp * vertexMC.y;
  gl_Position = vec4(vertexMC.xy, 0.9999999, 1.0);
}
"""

# Below the horizon the haze goes on, a little darker: the edge of the model floats in air.
AIR = (
    light.UNIFORMS
    + light.AIR
    + """
vec3 airAbove(vec3 d) { return skyColour(d) * mix(1.0, 0.86, smoothstep(0.0, -0.45, d.z)); }
"""
)

FRAGMENT = (
    """//VTK::System::Dec
//VTK::Output::Dec
in vec3 way;
"""
    + AIR
    + """
float star(vec3 d) {
  vec3 p = fract(floor(d * 220.0) * 0.3183099 + 0.1) * 17.0;
  float h = fract(p.x * p.y * p.z * (p.x + p.y + p.z));
  return smoothstep(0.9975, 1.0, h) * h;
}
void main() {
  vec3 d = normalize(way);
  vec3 c = airAbove(d);
  if (uMood.x > 0.0) c += vec3(0.75, 0.8, 1.0) * star(d) * uMood.x * 0.5 * smoothstep(0.05, 0.4, d.z);
  // A grain of half a grey level hides the steps of a smooth sky.
  float grain = fract(52.9829 * fract(dot(gl_FragCoord.xy, vec2(0.0671106, 0.0058372))));
  gl_FragData[0] = vec4(developed(c) + (grain - 0.5) / 255.0, 1.0);
}
"""
)

PLAIN_VERTEX = (
    """//VTK::System::Dec
in vec4 vertexMC;
uniform vec3 uAhead;
uniform vec3 uRight;
uniform vec3 uUp;
out vec3 air;
"""
    + AIR
    + """
void main() {
  air = developed(airAbove(normalize(uAhead + uRight * vertexMC.x + uUp * vertexMC.y)));
  gl_Position = vec4(vertexMC.xy, 0.9999999, 1.0);
}
"""
)

PLAIN_FRAGMENT = """//VTK::System::Dec
//VTK::Output::Dec
in vec3 air;
void main() { gl_FragData[0] = vec4(air, 1.0); }
"""
