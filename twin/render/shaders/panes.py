"""The program of near houses while the picture moves: each wall lit once, its windows laid over it.

All that a wall has in common is worked out at the corner that speaks for it and handed on as it is: the wall and its
panes, in the sun and in the shade. A pixel only asks where on the wall it is, and whether the sun reaches it.
"""

from __future__ import annotations

from twin.render.shaders import distant

VERTEX = (
    """
flat out vec4 sunny;        // the wall where the sun reaches it; w: opacity
flat out vec4 shady;        // and where it does not; w: storeys a metre, 0 where there are no windows
flat out vec4 paneSunny;    // w: half the width of a window, in its step
flat out vec4 paneShady;    // w: a number of the house
flat out vec2 way;          // along the wall, in steps of windows
out vec3 onWall;            // from the house's anchor, above the foot
out vec3 inLamp;            // place in the shadow map
uniform mat4 uLamp;
uniform vec4 uShadow;
"""
    + distant.FLAT_VERTEX
    + """
vec4 finished(vec3 albedo, vec3 light, float glows, float haze, float w) {
  vec3 c = mix(albedo * light, vec3(1.0, 0.40, 0.04), 0.7 * glows);
  c = mix(c, vec3(dot(c, vec3(0.33))) * 1.15 + vec3(0.05, 0.07, 0.10), 0.7 * uGhost * (1.0 - glows));
  return vec4(sqrt(mix(c, uHorizon, haze)), w);
}
"""
)

LIGHT = """
  vec3 n = normalOf(face);
  n *= sign(dot(n, uEye - spot.xyz) + 1e-9);
  float number = fract(dot(floor(anchor), vec2(0.61803, 0.75488)));
  float glows = tone.a, tall = look.w;
  bool windows = abs(n.z) < 0.35 && tall > 2.5;
  float storey = tall / max(floor(tall / 3.1 + 0.35), 1.0);
  way = vec2(-n.y, n.x) / (2.5 + 0.9 * number);
  float off = max(gl_Position.w - uHaze.y, 0.0) * uHaze.x;
  float haze = off * off / (1.0 + off * off) * uHaze.z;
  vec3 fill = mix(uBounce, uFill, 0.5 + 0.5 * n.z) * (1.0 + 0.22 * dot(n.xy, uSun.xy));
  vec3 lit = uKey * max(dot(n, uSun), 0.0) + fill;
  vec3 pane = mix(tone.rgb, mix(uFill * 0.45, tone.rgb * 0.5, 0.55) * 0.95, 0.62);
  float alpha = mix(opacityUniform, 1.0, uGhost * glows) * mix(1.0, 0.6, uGhost * (1.0 - glows));
  sunny = finished(tone.rgb, lit, glows, haze, alpha);
  shady = finished(tone.rgb, fill, glows, haze, windows ? 1.0 / storey : 0.0);
  paneSunny = finished(pane, lit, glows, haze, 0.17 + 0.08 * fract(number * 7.0));
  paneShady = finished(pane, fill, glows, haze, number);
  onWall = vec3(vertexMC.xy - anchor, look.z);
  inLamp = (vec4(spot.xyz + 1.5 * uShadow.z * uSun, 1.0) * uLamp).xyz;
"""

FRAGMENT = """//VTK::System::Dec
//VTK::Output::Dec
flat in vec4 sunny;
flat in vec4 shady;
flat in vec4 paneSunny;
flat in vec4 paneShady;
flat in vec2 way;
in vec3 onWall;
in vec3 inLamp;
uniform sampler2D shadowMap;
uniform vec4 uShadow;
uniform vec4 uMood;
uniform vec4 uHaze;
float slab(float x, float middle, float half_wide, float per_px) {
  return clamp((half_wide - abs(fract(x) - middle)) * per_px + 0.5, 0.0, 1.0);
}
float hash2(vec2 p) {
  vec3 q = fract(vec3(p.xyx) * 0.1031);
  q += dot(q, q.yzx + 33.33);
  return fract((q.x + q.y) * q.z);
}
void main() {
  vec2 rim = abs(inLamp.xy - 0.5);
  float outside = step(0.49, max(rim.x, rim.y)) + step(uShadow.x, 0.5);
  float depth = dot(texture(shadowMap, inLamp.xy).rgb, vec3(255.0, 65280.0, 16711680.0) / 16777215.0);
  float seen = mix(1.0, min(step(inLamp.z, depth) + outside, 1.0), uMood.z);
  float above = onWall.z, px = max(uHaze.w / gl_FragCoord.w, 0.02);
  float along = dot(onWall.xy, way), up = above * shady.w;
  float fine = clamp(1.9 - 1.9 * px, 0.0, 1.0);
  float open = slab(along, 0.5, paneSunny.w, 2.9 / px) * slab(up, 0.54, 0.26, 3.1 / px) * step(0.9, above);
  float glass = mix(0.18, open, fine) * step(1e-6, shady.w);
  vec3 wall = mix(shady.rgb, sunny.rgb, seen), pane = mix(paneShady.rgb, paneSunny.rgb, seen);
  float pick = hash2(floor(vec2(along, up)) + paneShady.w * 91.0);
  float lamp = glass * mix(0.38, step(0.62, pick), fine) * uMood.x * (0.35 + 0.6 * fract(pick * 13.0));
  // Houses are darker at the foot, where a wall meets the street most of all, and on the ground floor.
  float foot = 1.0 - 0.16 / (1.0 + 0.22 * above * (1.0 + 0.1 * above));
  vec3 c = mix(wall * (1.0 - 0.05 * step(up, 1.0) * step(1e-6, shady.w)), pane, glass) * foot;
  gl_FragData[0] = vec4(sqrt(c * c + vec3(1.0, 0.68, 0.37) * lamp), sunny.a);
}
"""
