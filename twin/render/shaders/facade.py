"""A restrained pattern of floors and windows, so that a building of two triangles a wall has a scale."""

from __future__ import annotations

FACADE = """
// 1 inside from..to of each step, softened over w steps, melting into its mean where too fine to see.
float bar(float x, float from, float to, float w) {
  float f = fract(x), s = max(w * 0.6, 1e-4);
  float inside = smoothstep(from - s, from + s, f) - smoothstep(to - s, to + s, f);
  return mix(inside, to - from, smoothstep(0.15, 0.6, w));
}

#ifdef FAST
// The same while the picture moves: straight edges, no line below the eaves, one number a window.
float slab(float x, float middle, float half_wide, float per_px) {
  return clamp((half_wide - abs(fract(x) - middle)) * per_px + 0.5, 0.0, 1.0);
}

vec3 facade(vec3 albedo, vec3 n, float far, out vec3 shine) {
  float px = max(far * uHaze.w, 0.02);
  float fine = clamp(1.9 - 1.9 * px, 0.0, 1.0);
  float above = wall.x, tall = wall.y;
  float storey = tall / max(floor(tall / 3.1 + 0.35), 1.0);
  float along = dot(near, vec2(-n.y, n.x)) / (2.5 + 0.9 * wall.z), up = above / storey;
  float wide = 0.17 + 0.08 * fract(wall.z * 7.0);
  float a = slab(along, 0.5, wide, 2.9 / px), u = slab(up, 0.54, 0.26, storey / px);
  float glass = mix(0.18, a * u * step(0.9, above), fine);
  float pick = hash2(floor(vec2(along, up)) + floor(n.xy * 7.0) + wall.z * 91.0);
  float lamp = mix(0.38, step(0.62, pick), fine);
  shine = vec3(1.0, 0.68, 0.37) * (glass * lamp * uMood.x * (0.35 + 0.6 * fract(pick * 13.0)));
  vec3 pane = mix(uFill * 0.45, albedo * 0.5, 0.55) * (0.75 + 0.4 * pick);
  albedo *= 1.0 - 0.10 * step(above, storey);
  return mix(albedo, pane, glass * 0.62);
}
#else
vec3 facade(vec3 albedo, vec3 n, float far, out vec3 shine) {
  shine = vec3(0.0);
  float px = far * uHaze.w;                         // metres that a pixel covers here
  float fine = 1.0 - smoothstep(0.45, 1.0, px);
  float above = wall.x, tall = wall.y;
  vec2 way = normalize(vec2(-n.y, n.x) + vec2(1e-6, 0.0));
  float storey = tall / max(floor(tall / 3.1 + 0.35), 1.0);
  float along = dot(near, way) / (2.5 + 0.9 * wall.z), up = above / storey;
  float wide = 0.17 + 0.08 * fract(wall.z * 7.0);
  float glass = 0.18;
  float few = 1.0;
  if (fine > 0.0) {
    float a = bar(along, 0.5 - wide, 0.5 + wide, px / 2.9);
    float u = bar(up, 0.28, 0.80, px / storey);
    glass = mix(glass, a * u * step(0.9, above), fine);
    few = 1.0 - fine;
    albedo *= 1.0 - 0.07 * fine * bar(up, 0.0, 0.07, px / storey);
  }
  albedo *= 1.0 - 0.10 * (1.0 - smoothstep(storey - 0.1, storey + 0.1, above));
  vec2 id = floor(vec2(along, up)) + floor(n.xy * 7.0);
  float pick = hash2(id + wall.z * 91.0);
  float lamp = mix(step(0.62, pick), 0.38, few);
  vec3 lampColour = mix(vec3(1.0, 0.58, 0.24), vec3(1.0, 0.80, 0.52), hash2(id.yx + 3.0));
  shine = lampColour * (glass * lamp * uMood.x * (0.35 + 0.6 * fract(pick * 13.0)));
  vec3 pane = mix(uFill * 0.45, albedo * 0.5, 0.55) * (0.75 + 0.4 * pick);
  return mix(albedo, pane, glass * 0.62);
}
#endif
"""
