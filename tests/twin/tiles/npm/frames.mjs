// Frame times of a city in three.js or CesiumJS, in a browser without a screen; prints JSON.
// usage: node frames.mjs three|cesium FOLDER CHROMIUM CAMERAS_JSON FRAMES
// FOLDER has city.glb (three) or tileset.json (cesium). Cameras: {name: [[eye x,y,z],[target x,y,z]]}, z up, metres.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { dirname, extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import puppeteer from "puppeteer-core";

const [peer, folder, chromium, cameras, frames] = process.argv.slice(2);
const modules = join(dirname(fileURLToPath(import.meta.url)), "node_modules");
const TYPES = {
  ".json": "application/json", ".glb": "model/gltf-binary", ".js": "text/javascript", ".css": "text/css", ".wasm": "application/wasm",
};
const MAP = JSON.stringify({ imports: { three: "/m/three/build/three.module.js", "three/addons/": "/m/three/examples/jsm/" } });
const PAGE = `<!doctype html><html><head><script type="importmap">${MAP}</script>
<script>window.CESIUM_BASE_URL = "/m/cesium/Build/Cesium/";</script>
${peer === "cesium" ? '<script src="/m/cesium/Build/Cesium/Cesium.js"></script>' : ""}
<style>html,body,#v{margin:0;width:100%;height:100%;overflow:hidden}</style></head><body><div id="v"></div></body></html>`;
const server = createServer(async (request, response) => {
  const path = normalize(decodeURIComponent(new URL(request.url, "http://x").pathname));
  if (path === "/") return response.writeHead(200, { "content-type": "text/html" }).end(PAGE);
  const file = path.startsWith("/m/") ? join(modules, path.slice(3)) : join(folder, path.replace(/^\/data\//, ""));
  try {
    const body = await readFile(file);
    response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" }).end(body);
  } catch {
    response.writeHead(404).end();
  }
});
await new Promise((done) => server.listen(0, "127.0.0.1", done));
const browser = await puppeteer.launch({
  executablePath: chromium, headless: true, protocolTimeout: 600000,
  args: ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist",
    "--disable-frame-rate-limit", "--disable-gpu-vsync"],
});

const THREE_RUN = async (cameras, frames) => {
  const THREE = await import("three");
  const { GLTFLoader } = await import("three/addons/loaders/GLTFLoader.js");
  const started = performance.now();
  const renderer = new THREE.WebGLRenderer({ antialias: false });
  renderer.setSize(1920, 1080);
  document.getElementById("v").append(renderer.domElement);
  const scene = new THREE.Scene();
  scene.add(new THREE.AmbientLight(0xffffff, 1), new THREE.DirectionalLight(0xffffff, 2));
  const camera = new THREE.PerspectiveCamera(40, 1920 / 1080, 1, 60000);
  const gl = renderer.getContext();
  const model = await new GLTFLoader().loadAsync("/data/city.glb");
  scene.add(model.scene);
  const pixel = new Uint8Array(4);
  const draw = (eye, target, turn) => {
    const [x, y] = [eye[0] - target[0], eye[1] - target[1]];
    const [c, s] = [Math.cos(turn), Math.sin(turn)];
    camera.position.set(target[0] + x * c - y * s, eye[2], -(target[1] + x * s + y * c));
    camera.lookAt(target[0], target[2], -target[1]);
    renderer.render(scene, camera);
    gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixel); // waits until it is drawn
  };
  const found = { version: THREE.REVISION, renderer: "" };
  const info = gl.getExtension("WEBGL_debug_renderer_info");
  if (info) found.renderer = gl.getParameter(info.UNMASKED_RENDERER_WEBGL);
  draw(...Object.values(cameras)[0], 0);
  found.first_complete_s = (performance.now() - started) / 1000;
  for (const [name, [eye, target]] of Object.entries(cameras)) {
    draw(eye, target, 0);
    const times = [];
    for (let k = 1; k <= frames; k++) {
      const t = performance.now();
      draw(eye, target, k * 0.0087);
      times.push(performance.now() - t);
    }
    found[name] = times;
  }
  return found;
};

const CESIUM_RUN = async (cameras, frames) => {
  const C = window.Cesium;
  const started = performance.now();
  const widget = new C.CesiumWidget("v", {
    baseLayer: false, globe: false, skyBox: false, skyAtmosphere: false, useDefaultRenderLoop: false, msaaSamples: 1,
    contextOptions: { webgl: { preserveDrawingBuffer: true } },
  });
  widget.canvas.width = 1920; widget.canvas.height = 1080;
  widget.resize();
  const tileset = await C.Cesium3DTileset.fromUrl("/data/tileset.json");
  widget.scene.primitives.add(tileset);
  const frame = C.Matrix4.clone(tileset.root.transform);
  const gl = widget.canvas.getContext("webgl2") ?? widget.canvas.getContext("webgl");
  const pixel = new Uint8Array(4);
  const place = (eye, target, turn) => {
    const [x, y] = [eye[0] - target[0], eye[1] - target[1]];
    const [c, s] = [Math.cos(turn), Math.sin(turn)];
    const e = C.Cartesian3.fromArray([target[0] + x * c - y * s, target[1] + x * s + y * c, eye[2]]);
    const d = C.Cartesian3.normalize(C.Cartesian3.subtract(C.Cartesian3.fromArray(target), e, new C.Cartesian3()), new C.Cartesian3());
    widget.camera.frustum.fov = (70 * Math.PI) / 180 / 1.06;
    widget.camera.setView({
      destination: C.Matrix4.multiplyByPoint(frame, e, new C.Cartesian3()),
      orientation: {
        direction: C.Matrix4.multiplyByPointAsVector(frame, d, new C.Cartesian3()),
        up: C.Matrix4.multiplyByPointAsVector(frame, new C.Cartesian3(0, 0, 1), new C.Cartesian3()),
      },
    });
  };
  const draw = () => {
    widget.scene.initializeFrame();
    widget.scene.render();
    gl?.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixel);
  };
  const complete = async () => {
    const end = performance.now() + 120000;
    do { draw(); await new Promise((r) => setTimeout(r, 0)); } while (!tileset.tilesLoaded && performance.now() < end);
    return tileset.tilesLoaded;
  };
  const found = { version: C.VERSION, renderer: "" };
  const first = Object.values(cameras)[0];
  place(...first, 0);
  await complete();
  found.first_complete_s = (performance.now() - started) / 1000;
  for (const [name, [eye, target]] of Object.entries(cameras)) {
    place(eye, target, 0);
    found.complete = await complete();
    const times = [];
    for (let k = 1; k <= frames; k++) {
      place(eye, target, k * 0.0087);
      const t = performance.now();
      draw();
      times.push(performance.now() - t);
    }
    found[name] = times;
  }
  return found;
};

try {
  const page = await browser.newPage();
  await page.setViewport({ width: 1920, height: 1080 });
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  const found = await page.evaluate(peer === "three" ? THREE_RUN : CESIUM_RUN, JSON.parse(cameras), Number(frames));
  console.log(JSON.stringify(found));
} finally {
  await browser.close();
  server.close();
}
