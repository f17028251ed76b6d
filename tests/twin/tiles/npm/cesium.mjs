// Shows a tileset in CesiumJS in a browser without a screen; prints what it loaded and picked as JSON.
// usage: node cesium.mjs FOLDER CHROMIUM [PICTURE]
import { readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { dirname, extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import puppeteer from "puppeteer-core";

const [folder, chromium, picture] = process.argv.slice(2);
const cesium = join(dirname(fileURLToPath(import.meta.url)), "node_modules", "cesium", "Build", "Cesium");
const TYPES = {
  ".json": "application/json", ".glb": "model/gltf-binary", ".js": "text/javascript", ".css": "text/css",
  ".html": "text/html", ".wasm": "application/wasm", ".png": "image/png", ".jpg": "image/jpeg",
};
const PAGE = `<!doctype html><html><head><script>window.CESIUM_BASE_URL = "/cesium/";</script>
<script src="/cesium/Cesium.js"></script><style>html,body,#v{margin:0;width:100%;height:100%}</style></head>
<body><div id="v"></div></body></html>`;
const server = createServer(async (request, response) => {
  const path = normalize(decodeURIComponent(new URL(request.url, "http://x").pathname));
  if (path === "/") return response.writeHead(200, { "content-type": "text/html" }).end(PAGE);
  const file = path.startsWith("/cesium/") ? join(cesium, path.slice(8)) : join(folder, path.replace(/^\/data\//, ""));
  try {
    const body = await readFile(file);
    response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" }).end(body);
  } catch {
    response.writeHead(404).end();
  }
});
await new Promise((done) => server.listen(0, "127.0.0.1", done));
const browser = await puppeteer.launch({
  executablePath: chromium,
  headless: true,
  args: ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"],
});
try {
  const page = await browser.newPage();
  await page.setViewport({ width: 640, height: 400 });
  const faults = [];
  page.on("pageerror", (error) => faults.push(String(error)));
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  const found = await page.evaluate(async () => {
    const C = window.Cesium;
    const widget = new C.CesiumWidget("v", {
      baseLayer: false, globe: false, skyBox: false, skyAtmosphere: false,
      useBrowserRecommendedResolution: true, contextOptions: { webgl: { preserveDrawingBuffer: true } },
    });
    const failed = [];
    const tileset = await C.Cesium3DTileset.fromUrl("/data/tileset.json", { maximumScreenSpaceError: 2 });
    tileset.tileFailed.addEventListener((e) => failed.push(`${e.url}: ${e.message}`));
    let loaded = 0;
    const named = new Set();
    tileset.tileLoad.addEventListener((tile) => {
      loaded += 1;
      const content = tile.content;
      for (let i = 0; i < Math.min(content.featuresLength, 3); i++) {
        for (const id of content.getFeature(i).getPropertyIds()) named.add(id);
      }
    });
    widget.scene.primitives.add(tileset);
    widget.camera.viewBoundingSphere(tileset.boundingSphere, new C.HeadingPitchRange(0, -0.6, tileset.boundingSphere.radius * 1.2));
    await new Promise((done) => {
      tileset.allTilesLoaded.addEventListener(done);
      setTimeout(done, 60000);
    });
    widget.scene.render();
    const middle = tileset.boundingSphere.center;
    const place = C.Cartographic.fromCartesian(middle);
    const pixels = document.querySelector("canvas").toDataURL("image/png");
    const feature = widget.scene.pick(new C.Cartesian2(320, 200));
    return {
      loaded, failed, complete: tileset.tilesLoaded, named: [...named].sort(),
      lon: C.Math.toDegrees(place.longitude), lat: C.Math.toDegrees(place.latitude), height: place.height,
      picked: feature?.getProperty ? Object.fromEntries(feature.getPropertyIds().map((n) => [n, feature.getProperty(n)])) : null,
      version: C.VERSION, pixels,
    };
  });
  if (picture) await writeFile(picture, Buffer.from(found.pixels.split(",")[1], "base64"));
  delete found.pixels;
  console.log(JSON.stringify({ ...found, faults }));
} finally {
  await browser.close();
  server.close();
}
