"""Water: the sky in it, small waves, the glitter of the sun."""

from __future__ import annotations

WATER = """
vec2 ripple(vec2 p, float t) {
  return vec2(
    sin(p.x * 0.9 + p.y * 0.35 + t * 0.9) + 0.6 * sin(p.x * 0.37 - p.y * 1.1 - t * 0.6),
    sin(p.y * 0.8 - p.x * 0.45 + t * 0.8) + 0.6 * sin(p.y * 0.41 + p.x * 1.2 + t * 0.5));
}

vec3 water(vec3 albedo, vec3 n, vec3 way, float far) {
  float px = far * uMood.w;
  float fade = 1.0 - smoothstep(0.4, 6.0, px);
  vec3 m = normalize(vec3(ripple(posWC.xy, uMood.y) * 0.035 * fade, 1.0));
  vec3 back = reflect(way, m);
  back.z = abs(back.z);
  float steep = 1.0 - max(dot(-way, m), 0.0);
  float mirror = 0.05 + 0.75 * pow(steep, 4.0);
  vec3 deep = albedo * (uAmbient + uSunColour * max(uSun.z, 0.0) * 0.55 * lit(posWC, vec3(0, 0, 1)));
  float spark = pow(max(dot(back, uSun), 0.0), 180.0);
  return mix(deep, skyAt(back), mirror) + uSunColour * spark * uHaze.w * 0.6;
}
"""
