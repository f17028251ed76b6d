"""A restrained pattern of floors and windows, so that a building of two triangles a wall has a scale."""

from __future__ import annotations

FACADE = """
vec3 facade(vec3 albedo, vec3 n, float far, out vec3 glow) {
  glow = vec3(0.0);
  float px = far * uMood.w;                       // metres that a pixel covers here
  float seen = 1.0 - smoothstep(0.5, 1.4, px);    // far away the pattern would only flicker
  if (seen <= 0.0) return albedo * mix(0.94, 1.0, uMood.x);
  vec2 side = normalize(vec2(-n.y, n.x));
  float along = dot(posWC.xy, side);
  float floors = max(floor(wall.y / 3.1 + 0.35), 1.0);
  float storey = wall.y / floors;
  float bay = 2.7 + 0.9 * wall.z;
  vec2 cell = vec2(along / bay, wall.x / storey);
  vec2 at = fract(cell);
  vec2 soft = vec2(px / bay, px / storey) * 0.7 + 0.015;
  vec2 size = vec2(0.40 + 0.16 * fract(wall.z * 7.0), 0.52);
  vec2 low = vec2(0.5) - size / 2.0, high = vec2(0.5) + size / 2.0 ;
  vec2 inside = smoothstep(low - soft, low + soft, at) - smoothstep(high - soft, high + soft, at);
  float pane = inside.x * inside.y * step(0.2, wall.x);
  float band = smoothstep(0.10 + soft.y, 0.04, at.y) * 0.06;
  vec3 stone = albedo * (1.0 - band * seen);
  float id = hash21(floor(cell) + wall.z * 91.0);
  vec3 glass = albedo * 0.34 + uZenith * (0.05 + 0.06 * id);
  vec3 c = mix(stone, glass, pane * seen * 0.8);
  float on = step(0.62, id) * uMood.x;
  glow = vec3(1.0, 0.70, 0.34) * (0.30 + 0.5 * fract(id * 17.0)) * pane * on * seen;
  return c;
}
"""
