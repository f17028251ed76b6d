// Loads a tileset and every content of it with loaders.gl; prints counts as JSON.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { load } from "@loaders.gl/core";
import { Tiles3DLoader } from "@loaders.gl/3d-tiles";

const folder = process.argv[2];
const TYPES = { ".json": "application/json", ".glb": "model/gltf-binary" };
const server = createServer(async (request, response) => {
  try {
    const path = join(folder, normalize(decodeURIComponent(new URL(request.url, "http://x").pathname)));
    response.writeHead(200, { "content-type": TYPES[extname(path)] ?? "application/octet-stream" });
    response.end(await readFile(path));
  } catch {
    response.writeHead(404).end();
  }
});
await new Promise((done) => server.listen(0, "127.0.0.1", done));
const base = `http://127.0.0.1:${server.address().port}/`;
const tileset = await load(`${base}tileset.json`, Tiles3DLoader);
const counts = { tiles: 0, contents: 0, triangles: 0, features: 0 };
const visit = async (tile) => {
  counts.tiles += 1;
  if (tile.contentUrl) {
    const content = await load(tile.contentUrl, Tiles3DLoader, {
      "3d-tiles": { isTileset: false, loadGLTF: true },
      gltf: { loadImages: false },
      worker: false,
    });
    counts.contents += 1;
    for (const mesh of content.gltf.meshes) {
      for (const primitive of mesh.primitives) {
        if (!tile.children?.length) counts.triangles += primitive.indices.count / 3;
      }
    }
    const tables = content.gltf.extensions?.EXT_structural_metadata?.propertyTables ?? [];
    if (!tile.children?.length) for (const table of tables) counts.features += table.count;
  }
  for (const child of tile.children ?? []) await visit(child);
};
await visit(tileset.root);
server.close();
console.log(JSON.stringify(counts));
