"""The program of every surface: buildings, ground, water, plants, tubes, symbols."""

from __future__ import annotations

from dataclasses import dataclass

from twin.render.shaders import light
from twin.render.shaders.facade import FACADE
from twin.render.shaders.water import WATER

VERTEX = """//VTK::System::Dec
%(defines)s
in vec4 vertexMC;
in vec4 look;               // row, factor on the colour, metres above the foot, height of the row
#ifdef OWN_COLOUR
in vec4 scalarColor;
#endif
#ifdef SMOOTH
in vec3 normalWC;
out vec3 smoothNormal;
#endif
#ifdef TEXTURED
in vec2 uvMC;
out vec2 uv;
#endif
uniform mat4 MCDCMatrix;
uniform mat4 MCVCMatrix;
uniform sampler2D rowTable;
#ifdef LINE
in vec4 span;               // the other end, and on which side of the line this corner is
#endif
#ifdef DOT
in vec4 corner;             // of the square around a point, -1..1; z: size in pixels
out vec2 onDisc;
#endif
uniform vec4 uScreen;       // width and height in pixels, near plane, scale of pixel sizes
uniform float uPull;        // of clip depth: decals are drawn as if a little nearer
out vec3 posWC;
out vec3 posVC;
out vec4 tone;              // colour and glow
out vec3 wall;              // above the foot, height of the row, a number of the row
void main() {
  vec4 entry = vec4(1.0);
  if (look.x >= 0.0) {
    int row = int(look.x + 0.5);
    entry = texelFetch(rowTable, ivec2(row %% 2048, row / 2048), 0);
    if (entry.a < 0.25) { gl_Position = vec4(2.0, 2.0, 2.0, 1.0); return; }
  }
#ifdef OWN_COLOUR
#ifdef MIXED
  vec3 own = scalarColor.a > 0.5 && look.x >= 0.0 ? entry.rgb : scalarColor.rgb;
#elif defined(STYLED)
  vec3 own = look.x < 0.0 ? scalarColor.rgb : entry.rgb;
#else
  vec3 own = scalarColor.rgb;
#endif
#else
  vec3 own = entry.rgb;
#endif
  tone = vec4(own * own * look.y, entry.a < 0.75 ? 1.0 : 0.0);
  wall = vec3(look.z, look.w, fract(look.x * 0.61803));
  posWC = vertexMC.xyz;
  posVC = (MCVCMatrix * vertexMC).xyz;
#ifdef SMOOTH
  smoothNormal = normalWC;
#endif
#ifdef TEXTURED
  uv = uvMC;
#endif
  gl_Position = MCDCMatrix * vertexMC;
#ifdef LINE
  vec4 a = gl_Position, b = MCDCMatrix * vec4(span.xyz, 1.0);
  float near = uScreen.z;
  if (a.w < near && b.w > near) a = mix(a, b, (near - a.w) / (b.w - a.w));
  else if (b.w < near && a.w > near) b = mix(b, a, (near - b.w) / (a.w - b.w));
  vec2 way = (b.xy / b.w - a.xy / a.w) * uScreen.xy;
  way = way / max(length(way), 1e-6);
  // Half a pixel beyond the end closes the gap at bends.
  vec2 shift = span.w * vec2(-way.y, way.x) - 0.5 * way;
  gl_Position = a + vec4(shift * wall.x * uScreen.w / uScreen.xy * a.w, 0.0, 0.0);
#endif
#ifdef DOT
  onDisc = corner.xy;
  gl_Position.xy += corner.xy * corner.z * uScreen.w / uScreen.xy * gl_Position.w;
#endif
  gl_Position.z -= uPull * PULL;
}
"""

FRAGMENT = """//VTK::System::Dec
//VTK::Output::Dec
%(defines)s
in vec3 posWC;
in vec3 posVC;
in vec4 tone;
in vec3 wall;
#ifdef SMOOTH
in vec3 smoothNormal;
#endif
#ifdef TEXTURED
in vec2 uv;
uniform sampler2D picture;
#endif
#ifdef DOT
in vec2 onDisc;
#endif
uniform mat4 MCVCMatrix;
uniform float opacityUniform;
%(uniforms)s
%(chunks)s
void main() {
  vec3 face = normalize(cross(dFdx(posVC), dFdy(posVC)));
#ifdef SMOOTH
  vec3 n = normalize(smoothNormal);
#else
  vec3 n = face * mat3(MCVCMatrix);
#endif
  float far = length(posVC);
  vec3 fromEye = posVC * mat3(MCVCMatrix);
  vec3 albedo = tone.rgb;
  float alpha = opacityUniform;
#ifdef TEXTURED
  vec4 texel = texture(picture, uv);
  albedo *= texel.rgb * texel.rgb;
  alpha *= texel.a;
#endif
  vec3 glow = vec3(0.0);
  float wrap = 0.0;
%(body)s
  if (tone.a > 0.5) {
    float edge = 1.0 - abs(face.z);
    c = mix(c, vec3(1.0, 0.42, 0.05), 0.55) + vec3(0.5, 0.24, 0.04) * edge;
  }
  c = hazed(c, posWC, fromEye, far);
  gl_FragData[0] = vec4(shown(c), alpha);
}
"""

BODIES = {
    "solid": """
  if (abs(n.z) < 0.3 && wall.y > 2.5) albedo = facade(albedo, n, far, glow);
  albedo *= 1.0 - 0.28 * exp(-0.55 * wall.x) * step(abs(n.z), 0.5) * step(0.01, wall.y);
  vec3 c = albedo * lightOn(posWC, n, wrap) + glow;
""",
    "plain": """
  vec3 c = albedo * lightOn(posWC, n, wrap);
""",
    "vegetation": """
  wrap = 0.35;
  albedo *= 0.75 + 0.35 * clamp(wall.x / max(wall.y, 0.1), 0.0, 1.0);
  vec3 c = albedo * lightOn(posWC, n, wrap);
""",
    "even": """
  float towards = 0.62 + 0.38 * abs(face.z);
  vec3 c = albedo * towards * mix(1.0, 0.75, uMood.x);
""",
    "line": """
  vec3 c = albedo * (1.0 - 0.3 * uMood.x);
""",
    "dot": """
  float rim = length(onDisc);
  if (rim > 1.0) discard;
  vec3 c = mix(albedo, vec3(0.95), smoothstep(0.62, 0.72, rim)) * (1.0 - 0.25 * uMood.x);
""",
    "water": """
  vec3 c = water(albedo, n, normalize(fromEye), far);
""",
}


@dataclass(frozen=True)
class Kind:
    """Which program a surface needs."""

    body: str = "plain"
    styled: bool = True
    own_colour: bool = False
    smooth: bool = False
    textured: bool = False
    mixed: bool = False  # the alpha of each vertex says whether it takes the colour of its row
    shape: str = ""  # "LINE" or "DOT": corners are spread on the screen
    pull: float = 0.0


def programs(kind: Kind) -> tuple[str, str]:
    """Return the vertex and fragment programs of a kind of surface."""
    chosen = {
        "STYLED": kind.styled,
        "OWN_COLOUR": kind.own_colour,
        "MIXED": kind.mixed,
        "SMOOTH": kind.smooth,
        "TEXTURED": kind.textured,
    }
    lines = [f"#define {name}" for name, on in chosen.items() if on]
    lines += [f"#define {kind.shape}"] if kind.shape else []
    defines = "\n".join([*lines, f"#define PULL {kind.pull:.3f}"])
    chunks = light.SKY + light.LIGHT
    chunks += FACADE if kind.body == "solid" else ""
    chunks += WATER if kind.body == "water" else ""
    vertex = VERTEX % {"defines": defines}
    fragment = FRAGMENT % {
        "defines": defines,
        "uniforms": light.UNIFORMS,
        "chunks": chunks,
        "body": BODIES[kind.body],
    }
    return vertex, fragment
