"""Chunks for light: sky, sun with shadow, sky light that streets get less of, haze."""

from __future__ import annotations

UNIFORMS = """
uniform vec3 uSun;          // towards the light, unit
uniform vec3 uSunColour;
uniform vec3 uZenith;       // colours of the sky
uniform vec3 uHorizon;
uniform vec3 uAmbient;      // light from above
uniform vec3 uBounce;       // light from below
uniform vec4 uHaze;         // density 1/m, height scale 1/m, z of the ground, strength of sun glow
uniform vec4 uMood;         // night 0..1, seconds, detail 0..1, metres a pixel has at 1 m distance
"""

SKY = """
vec3 skyAt(vec3 way) {
  float up = max(way.z, 0.0);
  vec3 c = mix(uHorizon, uZenith, 1.0 - exp(-3.2 * up));
  float toSun = max(dot(way, uSun), 0.0);
  c += uSunColour * uHaze.w * (0.16 * pow(toSun, 6.0) + 0.35 * pow(toSun, 60.0));
  // Below the horizon: a backdrop that darkens softly, like the table under a model.
  float down = smoothstep(0.0, 0.55, -way.z);
  return mix(c, uHorizon * vec3(0.80, 0.80, 0.79), down);
}
"""

LIGHT = """
uniform sampler2D shadowMap;  // distance of the nearest thing seen from the sun, 0..1
uniform sampler2D skyMap;     // r: height of what stands around, near; g: wider; metres of the scene
uniform mat4 uLamp;           // scene to shadow map, 0..1
uniform vec4 uShadow;         // 1 if there is a map, size of a texel there, depth bias, taps
uniform vec4 uSkyBox;         // x, y of its corner, 1 / width, 1 / height
uniform float uShadowStep;    // metres that a point is lifted off its surface before looking

float hash21(vec2 p) {
  vec3 q = fract(vec3(p.xyx) * 0.1031);
  q += dot(q, q.yzx + 33.33);
  return fract((q.x + q.y) * q.z);
}

float lit(vec3 p, vec3 n) {
  if (uShadow.x < 0.5) return 1.0;
  vec3 s = (uLamp * vec4(p + n * uShadowStep, 1.0)).xyz;
  if (any(lessThan(s, vec3(0.0))) || any(greaterThan(s, vec3(1.0)))) return 1.0;
  float z = s.z - uShadow.z;
  if (uShadow.w < 1.5) return step(z, texture(shadowMap, s.xy).r);
  // Rings of a disc, turned by a different angle at each pixel so that the edge becomes a soft grain.
  float turn = 6.2832 * hash21(gl_FragCoord.xy + uMood.y);
  float sum = 0.0;
  for (int i = 0; i < 12; ++i) {
    if (float(i) >= uShadow.w) break;
    float r = sqrt((float(i) + 0.5) / uShadow.w) * 1.6 * uShadow.y;
    float a = turn + float(i) * 2.39996;
    sum += step(z, texture(shadowMap, s.xy + r * vec2(cos(a), sin(a))).r);
  }
  return sum / uShadow.w;
}

float openSky(vec3 p, vec3 n) {
  if (uSkyBox.z <= 0.0) return 1.0;
  vec2 at = (p.xy + n.xy * 3.0 - uSkyBox.xy) * uSkyBox.zw;
  vec2 around = texture(skyMap, at).rg - p.z;
  float near = max(around.x, 0.0), wide = max(around.y, 0.0);
  return 1.0 / (1.0 + 0.10 * near + 0.05 * wide);
}

vec3 lightOn(vec3 p, vec3 n, float wrap) {
  float facing = dot(n, uSun);
  float k = max((facing + wrap) / (1.0 + wrap), 0.0);
  vec3 sun = k > 0.0 ? uSunColour * k * lit(p, n) : vec3(0.0);
  float open = openSky(p, n);
  vec3 sky = mix(uBounce, uAmbient, 0.5 + 0.5 * n.z);
  return sun + sky * open;
}

vec3 hazed(vec3 c, vec3 p, vec3 fromEye, float far) {
  vec3 way = fromEye / max(far, 1e-3);
  float thin = exp(-max(p.z - uHaze.z, 0.0) * uHaze.y);
  float amount = 1.0 - exp(-far * uHaze.x * thin);
  vec3 air = uHorizon + uSunColour * uHaze.w * 0.12 * pow(max(dot(way, uSun), 0.0), 6.0);
  return mix(c, air, amount);
}

vec3 shown(vec3 c) { return sqrt(clamp(c, 0.0, 1.0)); }
"""
