"""The program of every surface: buildings, ground, water, plants, tubes, lines, symbols."""

from __future__ import annotations

from twin.render.shaders import depth, distant, light, panes
from twin.render.shaders.facade import FACADE
from twin.render.shaders.kind import DEPTH, Kind
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
#ifdef FACADE
in vec2 anchor;             // a place near the row, so that small numbers tell where on the wall
#ifndef PANES
out vec2 near;
#endif
#endif
#ifdef LINE
in vec4 span;               // the other end, and on which side of the line this corner is
#endif
#ifdef DOT
in vec4 corner;             // of the square around a point, -1..1; z: size in pixels
out vec2 onDisc;
#endif
#ifdef FLOW
in vec2 course;             // metres along, across -1..1
uniform sampler2D flowTable;
out vec3 flow;
#endif
#ifdef MOVING
uniform sampler2D placeTable;  // where each row is now, and which way it faces
#endif
uniform vec4 uScreen;       // width and height in pixels, 2 over each
uniform float uNear;        // near plane
uniform float uUnseen;      // 1 while things are only uploaded
uniform float uSymbol;      // size of what is given in pixels, in pixels of this picture
uniform float uThin;        // metres that the thinnest tube is wide at a distance of 1 m
uniform float uPull;        // of clip depth: decals are drawn as if a little nearer,
uniform float ambientIntensity;  // those of later layers a little more
uniform mat4 MCDCMatrix;
uniform float opacityUniform;
uniform sampler2D rowTable;
#if defined(PANES)
vec4 tone;
#elif defined(FLAT)
flat out vec4 tone;         // what the triangle looks like, all told
#else
out vec4 tone;              // colour and glow
#endif
#if defined(DISTANT) && !defined(BRIEF) && !defined(FLAT)
out vec3 share;             // sun seen, sky seen, haze: small triangles are lit at their corners
#endif
#if defined(STANDING) && !defined(PANES)
out vec3 wall;              // above the foot, height of the row, a number of the row
#endif
%(chunks)s
void main() {
  // Without a return or a branch: a processor that draws goes through all of it anyway, and masks what follows.
  int row = int(max(look.x, 0.0) + 0.5);
  ivec2 at = ivec2(row & 2047, row >> 11);
  vec4 entry = look.x < 0.0 ? vec4(1.0) : texelFetch(rowTable, at, 0);
  bool hidden = opacityUniform <= 0.0 || uUnseen > 0.5 || entry.a < 0.25;
  vec4 spot = vertexMC;
#ifdef MOVING
  vec4 place = texelFetch(placeTable, at, 0);
  hidden = hidden || place.w < -9000.0;
  vec2 turn = vec2(cos(radians(place.w)), sin(radians(place.w)));
  spot.xy = vec2(dot(vertexMC.xy, turn), dot(vertexMC.yx, vec2(turn.x, -turn.y)));
  spot.xyz += place.xyz;
#endif
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
#if defined(PANES)
#elif defined(FACADE)
  // By its place, not by its row: streamed tiles get other rows each time, and keep their windows.
  wall = vec3(look.z, look.w, fract(dot(floor(anchor), vec2(0.61803, 0.75488))));
  near = vertexMC.xy - anchor;
#elif defined(STANDING)
  wall = vec3(look.z, look.w, fract(look.x * 0.61803));
#endif
#ifdef SMOOTH
  smoothNormal = normalWC;
#endif
#ifdef TEXTURED
  uv = uvMC;
#endif
#ifdef FLOW
  flow = vec3(course, look.x < 0.0 ? 0.0 : texelFetch(flowTable, at, 0).r);
#endif
  gl_Position = MCDCMatrix * spot;
#ifdef TUBE
  // A pipe never gets thinner than a pixel, so that a network can be seen from afar, and up to a width that can be
  // read not thinner than some. look.z: its radius, look.w: that which can be read.
  float thin = 0.5 * uThin * gl_Position.w;
  float lacking = max(max(thin, min(8.0 * thin, look.w)) - look.z, 0.0);
  gl_Position = MCDCMatrix * vec4(vertexMC.xyz + normalWC * lacking, 1.0);
#endif
#if defined(FLAT) || defined(PANES)
%(once)s
#elif defined(BRIEF)
  // Each number handed from vertex to pixel costs time at every triangle: all in one, the glow mixed in.
  tone.rgb = mix(tone.rgb, vec3(1.0, 0.40, 0.04), 0.7 * tone.a);
#ifdef FACADE_BODY
  tone.a = tone.a + 0.6 + 0.4 * clamp(look.z / 12.0, 0.0, 1.0);  // houses are only darker at the foot
#else
  tone.a += 0.9;
#endif
#elif defined(DISTANT)
  vec3 p = spot.xyz;
#ifdef GROUND_BODY
  float open = skySeenOnGround(p), seen = mix(1.0, sunSeen(p + uSun, uSun), uMood.z);
#else
  float open = skySeen(p, vec3(0.0));
  float seen = mix(1.0, sunSeen(p + uSun, uSun), uMood.z);
#endif
  share = vec3(seen, open, hazeAt(distance(p, uEye)));
  tone.rgb = mix(tone.rgb, vec3(1.0, 0.40, 0.04), 0.7 * tone.a);
#endif
#ifdef LINE
  vec4 a = gl_Position, b = MCDCMatrix * vec4(span.xyz, 1.0);
  float cut = uNear;
  if (a.w < cut && b.w > cut) a = mix(a, b, (cut - a.w) / (b.w - a.w));
  else if (b.w < cut && a.w > cut) b = mix(b, a, (cut - b.w) / (a.w - b.w));
  vec2 way = (b.xy / b.w - a.xy / a.w) * uScreen.xy;
  way = way / max(length(way), 1e-6);
  // Half a pixel beyond the end closes the gap at bends.
  vec2 shift = span.w * vec2(-way.y, way.x) - 0.5 * way;
  gl_Position = a + vec4(shift * look.z * uSymbol / uScreen.xy * a.w, 0.0, 0.0);
#endif
#ifdef DOT
  onDisc = corner.xy;
  gl_Position.xy += corner.xy * corner.z * uSymbol / uScreen.xy * gl_Position.w;
#endif
  gl_Position.z -= uPull * PULL * (1.0 + ambientIntensity);
  gl_Position = hidden ? vec4(2.0, 2.0, 2.0, 1.0) : gl_Position;
}
"""

FACE = """
// Normal of the plane that a triangle lies in, as the camera has it, facing the viewer. One over the depth is
// linear on the screen, so its two slopes and its value tell the plane, exactly even far away.
vec3 faceOf(vec2 onScreen) {
  float w = gl_FragCoord.w;
  vec2 slope = vec2(dFdx(w), dFdy(w)) / uScreen.zw;
  return -normalize(vec3(slope / uLens, dot(slope, onScreen) - w));
}
"""

FRAGMENT = """//VTK::System::Dec
//VTK::Output::Dec
%(defines)s
in vec4 tone;
#ifdef STANDING
in vec3 wall;
#endif
vec3 posWC;
#ifdef FACADE
in vec2 near;
#endif
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
#ifdef FLOW
in vec3 flow;
#endif
uniform mat4 MCVCMatrix;
uniform vec4 uScreen;
uniform vec2 uLens;         // half the picture at 1 m
uniform vec2 uShift;        // where the window lies in the picture: -1, -1 where it is all of it
uniform vec3 uEye;
uniform float opacityUniform;
uniform float uGhost;
%(uniforms)s
%(face)s
%(chunks)s
void main() {
  // Where the pixel is comes from its depth: each number handed from vertex to pixel costs time at every triangle.
  float depth = 1.0 / gl_FragCoord.w;
  vec2 onScreen = gl_FragCoord.xy * uScreen.zw + uShift;
  vec3 posVC = vec3(onScreen * uLens, -1.0) * depth;
  vec3 face = faceOf(onScreen);
#ifdef SMOOTH
  vec3 n = normalize(smoothNormal);
#else
  vec3 n = face * mat3(MCVCMatrix);
#endif
  float far = length(posVC);
  vec3 fromEye = posVC * mat3(MCVCMatrix);
  posWC = uEye + fromEye;
  vec3 albedo = tone.rgb;
  float alpha = opacityUniform;
#ifdef TEXTURED
  vec4 texel = texture(picture, uv);
  albedo *= texel.rgb * texel.rgb;
  alpha *= texel.a;
#endif
  vec3 c;
%(body)s
#ifdef FLOW
  c = mix(c, vec3(0.98), 0.85 * arrows(flow, far));
#endif
  if (tone.a > 0.5) {
    alpha = mix(alpha, 1.0, uGhost);  // what is selected is no ghost
    float edge = 1.0 - abs(dot(face, normalize(posVC)));
    c = mix(c, vec3(1.0, 0.40, 0.04), 0.60) + vec3(0.55, 0.26, 0.05) * edge * edge;
  }
  c = hazed(c, fromEye, far);
  gl_FragData[0] = vec4(developed(c), alpha);
}
"""

BODIES = {
    "solid": """
  vec3 shine = vec3(0.0);
  if (abs(n.z) < 0.35 && wall.y > 2.5) {
    albedo = facade(albedo, n, far, shine);
    albedo *= 1.0 - 0.30 * exp(-0.45 * wall.x);  // where a wall meets the street, light fails
  }
  c = albedo * lightOn(posWC, n) + shine;
  if (uGhost > 0.0) {
    // Ghosts: pale volumes, their outlines stay, their faces fade.
    float edge = 1.0 - abs(dot(face, normalize(posVC)));
    c = mix(c, vec3(dot(c, vec3(0.33))) * 1.15 + vec3(0.05, 0.07, 0.10), 0.7 * uGhost);
    alpha *= mix(1.0, 0.6 + 0.9 * edge * edge, uGhost);
  }
""",
    "plain": """
  c = albedo * lightOn(posWC, n);
""",
    "ground": """
#ifndef FAST
  albedo *= 0.95 + 0.06 * noise(posWC.xy * 0.045) + 0.04 * noise(posWC.xy * 0.41);
#else
  albedo *= 0.995;
#endif
  albedo = mix(albedo, DIMMED, uGhost);
  c = albedo * lightFrom(n, sunSeen(posWC, n), skySeenOnGround(posWC));
""",
    "vegetation": """
  // Leaves let light through: softer than a wall, darker inside.
  n = normalize(n + 0.55 * uSun + vec3(0.0, 0.0, 0.35));
  albedo *= 0.72 + 0.38 * clamp(wall.x / max(wall.y, 0.1), 0.0, 1.0);
  c = albedo * lightOn(posWC, n);
""",
    "underground": """
  // Full colour whatever the hour: what lies below is a drawing, not a landscape.
  c = albedo * (0.74 + 0.36 * max(dot(n, vec3(-0.39, -0.49, 0.78)), 0.0));
""",
    "even": """
  c = albedo * (0.48 + 0.38 * uMood.y + 0.22 * dot(n, vec3(-0.39, -0.49, 0.78)));
""",
    "line": """
  c = albedo * (0.55 + 0.45 * uMood.y);
""",
    "dot": """
  float r = length(onDisc);
  if (r > 1.0) discard;
  c = mix(albedo * (0.35 + 0.65 * uMood.y), vec3(0.96), 0.9 * smoothstep(0.66, 0.76, r));
""",
    "grain": """
  if (dot(onDisc, onDisc) > 1.0) discard;
  c = albedo * (0.55 + 0.45 * uMood.y);
""",
    "water": """
  c = water(albedo, normalize(fromEye), far);
""",
}


def programs(kind: Kind) -> tuple[str, str]:
    """Return the vertex and fragment programs of a kind of surface."""
    if kind == DEPTH:
        return depth.VERTEX, depth.FRAGMENT
    common = light.AIR + light.LIGHT
    chunks = common
    chunks += FACADE if kind.body == "solid" else ""
    chunks += WATER if kind.body == "water" else ""
    chunks += light.ARROWS if kind.flow else ""
    at_corners = lit_once = ""
    body = (distant.BODIES if kind.distant else BODIES)[kind.body]
    if kind.flat:
        at_corners = light.UNIFORMS + distant.FLAT_VERTEX
        lit_once = distant.FLAT_LIGHT % {"body": body}
    elif kind.near_panes:
        at_corners, lit_once = light.UNIFORMS + panes.VERTEX, panes.LIGHT
    elif kind.distant and not kind.brief:
        at_corners = light.UNIFORMS + "uniform vec3 uEye;" + common
    vertex = VERTEX % {"defines": kind.defines, "chunks": at_corners, "once": lit_once}
    if kind.flat or kind.near_panes:
        return vertex, distant.FLAT_FRAGMENT if kind.flat else panes.FRAGMENT
    fragment = (distant.FRAGMENT if kind.distant else FRAGMENT) % {
        "defines": kind.defines,
        "uniforms": light.UNIFORMS,
        "face": FACE,
        "chunks": chunks,
        "body": body,
    }
    return vertex, fragment
