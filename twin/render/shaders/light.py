"""Chunks for light: sky, sun with shadow, sky light that streets get less of, haze.

Colours arrive as sRGB bytes, are lit in linear light (gamma 2 is near enough and costs one multiply) and
leave as sRGB. The key light has a shadow map; a map of heights seen from above says how much of the sky a
point sees.
"""

from __future__ import annotations

UNIFORMS = """
uniform vec3 uSun;          // towards the key light
uniform vec3 uSunSky;       // towards the true sun
uniform vec3 uKey;
uniform vec3 uFill;         // light from above
uniform vec3 uBounce;       // light from below
uniform vec3 uZenith;
uniform vec3 uHorizon;
uniform vec3 uGlow;
uniform vec3 uDisc;
uniform vec4 uMood;         // night 0..1, daylight 0..1, darkness of shadows 0..1, seconds
uniform vec4 uHaze;         // density 1/m, from m, most 0..1, metres a pixel covers at 1 m
"""

AIR = """
vec3 airColour(vec3 ray) {
  float toward = max(dot(ray, uSunSky), 0.0);
  float t2 = toward * toward, t4 = t2 * t2, t8 = t4 * t4;
  return uHorizon + uGlow * (0.55 * t4 + 0.45 * t8 * t8);
}

vec3 skyColour(vec3 ray) {
  float rise = 1.0 - exp(-clamp(ray.z, 0.0, 1.0) * 4.2);
  vec3 c = mix(airColour(ray), uZenith, rise);
  float toward = max(dot(ray, uSunSky), 0.0);
  c += uGlow * 1.6 * pow(toward, 90.0) * (1.0 - 0.6 * rise);
  return c + uDisc * smoothstep(0.99985, 0.99996, toward);
}

vec3 developed(vec3 light) {
  // Soft shoulder above 0.75, then gamma 2.
  vec3 over = max(light - 0.75, 0.0);
  light = min(light, 0.75) + over / (1.0 + 2.2 * over);
  return sqrt(clamp(light, 0.0, 1.0));
}
"""

LIGHT = """
uniform sampler2D shadowMap;  // distance of the nearest thing seen from the sun, in three bytes
uniform sampler2D heightMap;  // heights around: red about 4 m wide, green 15 m, blue 50 m
uniform sampler2D openMap;    // share of the sky that the ground sees
uniform mat4 uLamp;           // scene to shadow map, 0..1; its rows arrive as columns
uniform vec4 uShadow;         // looks a pixel (0: no map), radius of softness, lift m, turn
uniform vec3 uHeights;        // x, y of the corner, 1 / width; 0: no map

float depthAt(vec2 at) {
  return dot(texture(shadowMap, at).rgb, vec3(255.0, 65280.0, 16711680.0) / 16777215.0);
}

float hash2(vec2 p) {
  vec3 q = fract(vec3(p.xyx) * 0.1031);
  q += dot(q, q.yzx + 33.33);
  return fract((q.x + q.y) * q.z);
}

float noise(vec2 p) {
  vec2 i = floor(p), f = fract(p);
  f = f * f * (3.0 - 2.0 * f);
  return mix(mix(hash2(i), hash2(i + vec2(1, 0)), f.x),
             mix(hash2(i + vec2(0, 1)), hash2(i + vec2(1, 1)), f.x), f.y);
}

#if defined(FAST) || defined(DISTANT)
float sunSeen(vec3 p, vec3 n) {
  vec3 q = (vec4(p + n * uShadow.z, 1.0) * uLamp).xyz;
  vec2 rim = abs(q.xy - 0.5);
  float outside = step(0.49, max(rim.x, rim.y)) + step(uShadow.x, 0.5);
  return min(step(q.z, depthAt(q.xy)) + outside, 1.0);
}
#else
float sunSeen(vec3 p, vec3 n) {
  if (uShadow.x < 0.5) return 1.0;
  vec3 q = (vec4(p + n * uShadow.z, 1.0) * uLamp).xyz;
  vec2 rim = abs(q.xy - 0.5) * 2.0;
  float inside = 1.0 - smoothstep(0.94, 1.0, max(rim.x, rim.y));
  if (inside <= 0.0 || q.z >= 1.0) return 1.0;
  float seen = 0.0;
  // A disc of looks, turned differently at each pixel: the edge becomes a soft grain.
  float turn = uShadow.w + 6.2831853 * hash2(floor(gl_FragCoord.xy)) + 1.1999816;
  vec2 way = uShadow.y * vec2(cos(turn), sin(turn));
  int looks = int(uShadow.x);
  for (int i = 0; i < looks; i++) {
    seen += step(q.z, depthAt(q.xy + sqrt((float(i) + 0.5) / uShadow.x) * way));
    // On by the golden angle, whose sine and cosine are cheaper known than worked out.
    way = vec2(-0.73736888 * way.x - 0.67549029 * way.y, 0.67549029 * way.x - 0.73736888 * way.y);
  }
  return mix(1.0, seen / uShadow.x, inside);
}
#endif

float skySeen(vec3 p, vec3 n) {
  // Walls look outwards, at the street. Beyond the map its edge goes on, which is the open land.
  vec2 q = (p.xy + n.xy * 5.0 - uHeights.xy) * uHeights.z;
  vec3 h = texture(heightMap, q).rgb - p.z;
  vec3 over = clamp(h / vec3(7.0, 12.0, 26.0), 0.0, 1.0);
  return max(1.0 - dot(over, vec3(0.34, 0.36, 0.22)), 0.25);
}

float hazeAt(float far) {
  float f = max(far - uHaze.y, 0.0) * uHaze.x;
  return f * f / (1.0 + f * f) * uHaze.z;
}

vec3 lightFrom(vec3 n, float seen, float open) {
  vec3 fill = mix(uBounce, uFill, 0.5 + 0.5 * n.z);
  // A little more light from the sun's side of the sky, so that shaded walls are not all alike.
  fill *= 1.0 + 0.22 * dot(n.xy, uSun.xy);
  // What hides the sky sends light of its own: streets between pale walls are not dark.
  fill = fill * open + uBounce * (1.5 * (1.0 - open));
  return uKey * max(dot(n, uSun), 0.0) * mix(1.0, seen, uMood.z) + fill;
}

// The same for what lies on the ground, worked out beforehand.
float skySeenOnGround(vec3 p) { return texture(openMap, (p.xy - uHeights.xy) * uHeights.z).r; }

vec3 lightOn(vec3 p, vec3 n) { return lightFrom(n, sunSeen(p, n), skySeen(p, n)); }

vec3 hazed(vec3 light, vec3 fromEye, float far) {
  float f = hazeAt(far);
#ifdef FAST
  // The glow around the sun is worth its price only in a picture that rests.
  return mix(light, uHorizon, f);
#else
  return f < 0.003 ? light : mix(light, airColour(fromEye / far), f);
#endif
}
"""

ARROWS = """
// Arrowheads that run along a line: metres along, across -1..1, metres a second.
float arrows(vec3 flow, float far) {
  float speed = flow.z;
  if (abs(speed) < 1e-4) return 0.0;
  float scale = exp2(max(ceil(log2(far * uHaze.w * 46.0 / 8.0)), 0.0));
  float period = 8.0 * scale;
  float s = flow.x - uMood.w * clamp(speed, -4.0, 4.0) * 2.0 * scale;
  float f = fract((s + sign(speed) * abs(flow.y) * 0.14 * period) / period);
  f = speed > 0.0 ? f : 1.0 - f;
  float w = clamp(far * uHaze.w / period, 0.01, 0.2);
  return smoothstep(0.55 - w, 0.55 + w, f) - smoothstep(0.83 - w, 0.83 + w, f);
}
"""
