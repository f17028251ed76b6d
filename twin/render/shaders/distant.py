"""The programs of small triangles far away: lit at their corners, or once for the whole triangle."""

from __future__ import annotations

from twin.render.faces import STEPS, WIDTH

FLAT_VERTEX = f"""
uniform vec3 uEye;
uniform float uGhost;
in float face;              // the plane that a triangle lies in, told by its last corner
vec3 normalOf(float told) {{
  int code = int(told);
  vec2 steps = vec2(float(code >> {WIDTH.bit_length()}), float(code >> 1 & {WIDTH - 1}));
  vec2 level = (steps - {STEPS}.0) * {1 / STEPS:.9f};
  return vec3(level, sqrt(max(1.0 - dot(level, level), 0.0)) * (2.0 * float(code & 1) - 1.0));
}}
"""

FLAT_LIGHT = """
  vec3 n = normalOf(face);
  n *= sign(dot(n, uEye - spot.xyz) + 1e-9);  // what is open is seen from both sides
  float facing = dot(n, uSun), up = n.z;
  vec3 albedo = tone.rgb, shine = vec3(0.0);
  float glows = tone.a, seen = 1.0, open = 0.9;
#ifdef FACADE_BODY
  // Houses are only darker at the foot: a wall is as light as its middle.
  open = 0.6 + 0.4 * clamp((abs(up) < 0.35 ? 0.5 * look.w : look.z) / 12.0, 0.0, 1.0);
  seen = 0.5 + 0.5 * open;
#endif
%(body)s
  float off = max(gl_Position.w - uHaze.y, 0.0) * uHaze.x;
  float haze = off * off / (1.0 + off * off) * uHaze.z;
  vec3 fill = mix(uBounce, uFill, 0.5 + 0.5 * up) * (1.0 + 0.22 * (facing - up * uSun.z));
  vec3 c = albedo * (uKey * (max(facing, 0.0) * seen) + fill * open) + shine;
  c = mix(c, vec3(1.0, 0.40, 0.04), 0.7 * glows);
  tone = vec4(sqrt(mix(c, uHorizon, haze)), mix(opacityUniform, 1.0, uGhost * glows));
"""

FLAT_FRAGMENT = """//VTK::System::Dec
//VTK::Output::Dec
flat in vec4 tone;
void main() { gl_FragData[0] = tone; }
"""

FRAGMENT = """//VTK::System::Dec
//VTK::Output::Dec
%(defines)s
in vec4 tone;
#ifndef BRIEF
in vec3 share;
#endif
#ifdef SMOOTH
in vec3 smoothNormal;
#endif
uniform mat4 MCVCMatrix;
uniform vec4 uScreen;
uniform vec2 uLens;
uniform vec2 uShift;
uniform float opacityUniform;
uniform vec3 uSunVC;        // directions as the camera has them
uniform vec3 uUpVC;
uniform float uGhost;
%(uniforms)s
%(face)s
void main() {
#ifdef BRIEF
  float off = max(1.0 / gl_FragCoord.w - uHaze.y, 0.0) * uHaze.x;
  float open = tone.a - step(1.01, tone.a);  // one more where it glows
  vec3 share = vec3(1.0, open, off * off / (1.0 + off * off) * uHaze.z);
#ifdef FACADE_BODY
  share.x = 0.5 + 0.5 * open;
#endif
#endif
#ifdef SMOOTH
  vec3 n = normalize(smoothNormal);
  float facing = dot(n, uSun), up = n.z;
#else
  vec3 n = faceOf(gl_FragCoord.xy * uScreen.zw + uShift);
  float facing = dot(n, uSunVC), up = dot(n, uUpVC);
#endif
  vec3 albedo = tone.rgb;
  vec3 shine = vec3(0.0);
%(body)s
  vec3 fill = mix(uBounce, uFill, 0.5 + 0.5 * up) * (1.0 + 0.22 * (facing - up * uSun.z));
  vec3 c = albedo * (uKey * (max(facing, 0.0) * share.x) + fill * share.y) + shine;
#ifdef BRIEF
  float glows = step(1.01, tone.a);
#else
  float glows = step(0.5, tone.a);
#endif
  gl_FragData[0] = vec4(sqrt(mix(c, uHorizon, share.z)), mix(opacityUniform, 1.0, uGhost * glows));
}
"""

BODIES = {
    "solid": """
  // What the pattern of windows looks like from afar.
  float upright = step(abs(up), 0.35);
  albedo *= 1.0 - 0.14 * upright;
  shine = vec3(1.0, 0.68, 0.36) * 0.045 * uMood.x * upright;
""",
    "plain": "",
    "ground": """
  albedo = mix(albedo, DIMMED, uGhost);
""",
    "vegetation": """
  facing = (facing + 0.55 + 0.35 * uSun.z) / 1.5;
  albedo *= 0.9;
""",
}
"""What can be drawn by the program for distant things."""
