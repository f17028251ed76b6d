"""Water: the sky in it, small waves, the glitter of the sun."""

from __future__ import annotations

WATER = """
vec3 water(vec3 albedo, vec3 ray, float far) {
  vec2 q = posWC.xy * 0.09 + vec2(0.05, 0.03) * uMood.w;
  float near = clamp(1.0 - far / 1800.0, 0.0, 1.0);
  vec2 slope = vec2(sin(q.x + 1.7 * sin(q.y * 0.8)) + 0.6 * sin(q.x * 2.3 - q.y * 1.9),
                    sin(q.y * 1.2 + 1.3 * sin(q.x * 0.7)) + 0.6 * sin(q.y * 2.7 + q.x * 1.3));
  vec3 n = normalize(vec3(slope * 0.022 * (0.25 + near), 1.0));
  float cosine = clamp(-dot(ray, n), 0.0, 1.0);
  float mirror = 0.06 + 0.94 * pow(1.0 - cosine, 5.0);
  vec3 back = reflect(ray, n);
  back.z = abs(back.z);
  vec3 light = albedo * lightOn(posWC, vec3(0.0, 0.0, 1.0));
  light = mix(light, skyColour(back) * 0.92, mirror * 0.85);
  return light + uKey * pow(max(dot(back, uSun), 0.0), 160.0) * 0.7;
}
"""
