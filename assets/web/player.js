// Tells a story on a page that needs no network: STORY and MODEL stand before this in the same script.
// The picture of a stop lies over its scene, drawn from the same camera: it gives way while the camera moves.
(function () {
  "use strict";
  var sections = Array.prototype.slice.call(document.querySelectorAll("#stops section"));
  var by = {}; STORY.stops.forEach(function (stop) { by[stop.id] = stop; });
  var line = STORY.stops.filter(function (stop) { return !stop.aside; });
  var count = document.getElementById("count"), back = document.getElementById("back"), on = document.getElementById("on");
  var stops = document.getElementById("stops"), body = document.body;
  var now = null, from = null, view = null;
  var calm = window.matchMedia && window.matchMedia("(prefers-reduced-motion: reduce)").matches;

  function sectionOf(stop) { return sections[STORY.stops.indexOf(stop)]; }

  function go(id, jump) {
    var stop = by[id] || line[0];
    if (stop.aside && now && !now.aside) from = now.id;
    now = stop;
    sections.forEach(function (s) { s.classList.toggle("now", s === sectionOf(stop)); });
    stops.scrollTop = 0;
    var place = line.indexOf(stop);
    count.textContent = place < 0 ? "·" : (place + 1) + " / " + line.length;
    back.disabled = place === 0;
    on.disabled = place === line.length - 1;
    body.classList.toggle("two", stop.pair); // a picture of two places stands in for the scene
    Array.prototype.forEach.call(document.querySelectorAll("video, audio"), function (clip) { clip.pause(); });
    if (view) view.show(stop, jump || calm);
    else if (body.classList.contains("flat") && !jump) sectionOf(stop).scrollIntoView({ behavior: calm ? "auto" : "smooth" });
    try { history.replaceState(null, "", "#" + stop.id); } catch (e) { /* some browsers refuse this for files */ }
  }
  function step(by_) {
    var place = line.indexOf(now);
    if (place < 0) return go(from || line[0].id);
    var next = line[Math.min(Math.max(place + by_, 0), line.length - 1)];
    if (next !== now) go(next.id);
  }
  back.addEventListener("click", function () { step(-1); });
  on.addEventListener("click", function () { step(1); });
  document.addEventListener("click", function (event) {
    var to = event.target.getAttribute && event.target.getAttribute("data-to");
    if (to) go(to);
  });
  document.addEventListener("keydown", function (event) {
    var rtl = document.documentElement.dir === "rtl", told = event.target.closest && event.target.closest("button, video, audio");
    var way = { PageDown: 1, " ": 1, ArrowRight: rtl ? -1 : 1, ArrowLeft: rtl ? 1 : -1, PageUp: -1 }[event.key];
    if (way && !told) { step(way); event.preventDefault(); }
    if (event.key === "Home") go(line[0].id);
    if (event.key === "End") go(line[line.length - 1].id);
  });

  function vector(p) { return new THREE.Vector3(p[0], p[2], -p[1]); }

  function unpacked(text) {
    var raw = atob(text), bytes = new Uint8Array(raw.length);
    for (var i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
    return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
  }

  // Floors and windows on upright sides, melting away where they are too fine to see.
  function withWindows(material) {
    material.onBeforeCompile = function (program) {
      program.vertexShader = "varying vec3 vPlace;\n" + program.vertexShader.replace("#include <begin_vertex>",
        "#include <begin_vertex>\nvPlace = (modelMatrix * vec4(transformed, 1.0)).xyz;");
      program.fragmentShader = "varying vec3 vPlace;\n" + program.fragmentShader.replace("#include <color_fragment>",
        "#include <color_fragment>\n" +
        "vec3 side = normalize(cross(dFdx(vPlace), dFdy(vPlace)));\n" +
        "if (abs(side.y) < 0.35) {\n" +
        "  vec2 at = vec2(dot(vPlace.xz, normalize(vec2(-side.z, side.x) + 1e-6)) / 2.9, vPlace.y / 3.1);\n" +
        "  vec2 wide = fwidth(at) + 1e-4, f = fract(at);\n" +
        "  vec2 pane = smoothstep(vec2(0.28, 0.26) - wide, vec2(0.28, 0.26) + wide, f)\n" +
        "    - smoothstep(vec2(0.72, 0.80) - wide, vec2(0.72, 0.80) + wide, f);\n" +
        "  float near = 1.0 - smoothstep(0.2, 0.6, max(wide.x, wide.y));\n" +
        "  diffuseColor.rgb *= 1.0 - mix(0.11, 0.45 * pane.x * pane.y, near);\n" +
        "}");
    };
    return material;
  }

  // Lines as wide as one can see: those of WebGL are one pixel.
  function wideLines(thin) {
    var place = thin.geometry.attributes.position, tint = thin.geometry.attributes.color, index = thin.geometry.index;
    var places = [], tints = [];
    for (var i = 0; i < index.count; i++) {
      var at = index.getX(i);
      places.push(place.getX(at), place.getY(at), place.getZ(at));
      if (tint) tints.push(tint.getX(at), tint.getY(at), tint.getZ(at));
    }
    var geometry = new THREE.LineSegmentsGeometry().setPositions(places);
    if (tint) geometry.setColors(tints);
    var wide = new THREE.LineSegments2(geometry, new THREE.LineMaterial({ linewidth: 3.5, vertexColors: !!tint, depthTest: false }));
    wide.position.copy(thin.position); wide.scale.copy(thin.scale);
    wide.name = thin.name; wide.userData = thin.userData; wide.renderOrder = 2; wide.frustumCulled = false;
    return wide;
  }

  function dressed(mesh) {
    var old = mesh.material, role = mesh.userData.role, stands = role === "solid" || role === "vegetation";
    var fresh = new THREE.MeshLambertMaterial({ map: old.map, vertexColors: old.vertexColors, flatShading: true, side: THREE.DoubleSide });
    fresh.shadowSide = THREE.BackSide; // what the sun lights casts no stripes on itself
    mesh.material = mesh.userData.facades ? withWindows(fresh) : fresh;
    mesh.castShadow = stands; mesh.receiveShadow = true;
    return mesh;
  }

  // The layers of a model: what to show and to hide, by id.
  function layersOf(model, scene) {
    var layers = {}, things = [];
    model.scene.updateMatrixWorld(true);
    model.scene.traverse(function (thing) { if (thing.isMesh || thing.isLine) things.push(thing); });
    things.forEach(function (thing) {
      var parent = thing.parent, more = thing.userData.role ? thing.userData : parent.userData;
      var id = (thing.name || parent.name).replace(/_\d+$/, "");
      thing.userData = { role: more.role, facades: more.facades };
      var made = thing.isMesh ? dressed(thing) : wideLines(thing);
      scene.add(made);
      (layers[more.layer || id] = layers[more.layer || id] || []).push(made);
    });
    return layers;
  }

  function View(scene, layers) {
    var canvas = document.getElementById("scene");
    var drawer = new THREE.WebGLRenderer({ canvas: canvas, antialias: true, logarithmicDepthBuffer: true });
    var camera = new THREE.PerspectiveCamera(40, 1, 1, 30000);
    var target = new THREE.Vector3(), flight = null, due = true, angle = 40, width = 1, height = 1;
    drawer.shadowMap.enabled = true; drawer.shadowMap.type = THREE.PCFShadowMap; drawer.shadowMap.autoUpdate = false;
    scene.background = new THREE.Color(0xb9d2e6);
    scene.fog = new THREE.Fog(0xb9d2e6, 2500, 9000);
    scene.add(new THREE.HemisphereLight(0xdfeeff, 0x8d8676, 2.1));
    var sun = new THREE.DirectionalLight(0xfff2dd, 2.5);
    sun.castShadow = true; sun.shadow.mapSize.set(2048, 2048); sun.shadow.bias = -0.0004;
    scene.add(sun); scene.add(sun.target);

    function size() {
      width = canvas.clientWidth || window.innerWidth; height = canvas.clientHeight || window.innerHeight;
      drawer.setPixelRatio(Math.min(window.devicePixelRatio || 1, 2));
      drawer.setSize(width, height, false);
      camera.aspect = width / height; lens(); due = true;
    }
    // As the picture of the stop is cut to fill the screen, so is the view.
    function lens() {
      var picture = now && sectionOf(now).querySelector("img.scene");
      var aspect = picture && picture.naturalWidth ? picture.naturalWidth / picture.naturalHeight : 16 / 9;
      var half = Math.tan(angle * Math.PI / 360) * Math.min(aspect / camera.aspect, 1);
      camera.fov = Math.atan(half) * 360 / Math.PI; camera.updateProjectionMatrix();
    }
    function look(position, at, fov) {
      camera.position.copy(position); target.copy(at); camera.lookAt(at);
      angle = fov; lens(); due = true;
    }
    function dress(stop) {
      Object.keys(layers).forEach(function (id) { layers[id].forEach(function (mesh) {
        var role = mesh.userData.role, glass = stop.xray && role !== "underground";
        mesh.visible = stop.layers.indexOf(id) >= 0 && (role !== "underground" || stop.xray);
        if (mesh.isLineSegments2) return;
        mesh.material.transparent = glass; mesh.material.opacity = glass ? (role === "solid" ? 0.34 : 0.8) : 1;
        mesh.material.color.set(glass ? 0x9c9c94 : 0xffffff); // what is below stands out
        mesh.material.depthWrite = !glass; mesh.material.needsUpdate = true;
        mesh.castShadow = !stop.xray && (role === "solid" || role === "vegetation");
      }); });
      drawer.clippingPlanes = (stop.cut || []).map(function (p) { return new THREE.Plane(vector(p), -p[3]); });
      var sky = stop.sun[2] > 0.1 ? 0xb9d2e6 : stop.sun[2] > -0.05 ? 0x8a7f8f : 0x1a2536;
      sun.intensity = stop.sun[2] > 0 ? 2.5 : 0.1;
      scene.background.set(sky); scene.fog.color.set(sky);
    }
    // Shadows are drawn once for each stop, around what it looks at.
    function shade(stop) {
      var at = vector(stop.camera[1]), reach = Math.min(Math.max(vector(stop.camera[0]).distanceTo(at) * 1.3, 200), 1200);
      var way = new THREE.Vector3(stop.sun[0], Math.max(stop.sun[2], 0.08), -stop.sun[1]).normalize(), box = sun.shadow.camera;
      sun.target.position.copy(at); sun.position.copy(at).addScaledVector(way, 3000);
      box.left = box.bottom = -reach; box.right = box.top = reach; box.near = 500; box.far = 5500;
      box.updateProjectionMatrix(); drawer.shadowMap.needsUpdate = true;
    }
    function arrive() { flight = null; body.classList.remove("looking"); }
    this.show = function (stop, jump) {
      dress(stop);
      if (!stop.camera) return;
      shade(stop);
      if (stop.pair || jump || !stop.path || !stop.path.length) {
        look(vector(stop.camera[0]), vector(stop.camera[1]), stop.camera[2]);
        return arrive();
      }
      flight = { path: stop.path, stop: stop, began: performance.now(), lasts: Math.max(stop.seconds, 0.5) * 1000, drawn: 0 };
      body.classList.add("looking");
    };
    function fly(time) {
      var past = time - flight.began, slow = past > 700 && flight.drawn++ < past / 250; // a machine without a graphics card
      var share = slow ? flight.path.length - 1 : Math.max(Math.min(past / flight.lasts, 1), 0) * (flight.path.length - 1);
      var i = Math.min(Math.floor(share), flight.path.length - 2), t = share - i;
      var a = flight.path[i], b = flight.path[i + 1];
      look(vector(a[0]).lerp(vector(b[0]), t), vector(a[1]).lerp(vector(b[1]), t), a[2] + (b[2] - a[2]) * t);
      if (share >= flight.path.length - 1) arrive();
    }
    function mine() { flight = null; body.classList.add("looking"); }
    function nearer(factor) {
      var away = camera.position.clone().sub(target).multiplyScalar(factor);
      if (away.length() > 15 && away.length() < 9000) look(target.clone().add(away), target.clone(), angle);
    }
    function turn(x, y) {
      var away = camera.position.clone().sub(target), up = new THREE.Vector3(0, 1, 0);
      away.applyAxisAngle(up, -x * 0.005);
      var tilted = away.clone().applyAxisAngle(up.clone().cross(away).normalize(), -y * 0.004);
      if (tilted.y > 0.05 * tilted.length() && tilted.y < 0.995 * tilted.length()) away = tilted;
      look(target.clone().add(away), target.clone(), angle);
    }
    var fingers = {}, apart = 0;
    function spread() {
      var held = Object.keys(fingers).map(function (id) { return fingers[id]; });
      return held.length < 2 ? 0 : Math.hypot(held[0][0] - held[1][0], held[0][1] - held[1][1]);
    }
    function lift(e) { delete fingers[e.pointerId]; apart = spread(); }
    canvas.addEventListener("pointerdown", function (e) {
      fingers[e.pointerId] = [e.clientX, e.clientY]; apart = spread(); mine(); canvas.setPointerCapture(e.pointerId);
    });
    canvas.addEventListener("pointerup", lift); canvas.addEventListener("pointercancel", lift);
    canvas.addEventListener("pointermove", function (e) {
      var was = fingers[e.pointerId];
      if (!was) return;
      fingers[e.pointerId] = [e.clientX, e.clientY];
      var wide = spread();
      if (wide && apart) nearer(apart / wide); else if (!wide) turn(e.clientX - was[0], e.clientY - was[1]);
      apart = wide;
    });
    canvas.addEventListener("wheel", function (e) { mine(); nearer(Math.exp(e.deltaY * 0.001)); e.preventDefault(); }, { passive: false });
    function frame(time) {
      if (flight) fly(time);
      if (due) {
        due = false; drawer.render(scene, camera);
        body.setAttribute("data-ready", "scene");
      }
      requestAnimationFrame(frame);
    }
    window.addEventListener("resize", size);
    size(); requestAnimationFrame(frame);
  }

  function flat() {
    body.classList.add("flat"); body.setAttribute("data-ready", "flat");
    if (now && now !== line[0]) sectionOf(now).scrollIntoView();
  }

  function begin() {
    unpacked(MODEL).then(function (data) {
      new THREE.GLTFLoader().parse(data, "", function (model) {
        var scene = new THREE.Scene();
        view = new View(scene, layersOf(model, scene));
        if (now) view.show(now, true);
      }, flat);
    }).catch(flat);
  }

  try { history.scrollRestoration = "manual"; } catch (e) { /* not everywhere for files */ }
  go((location.hash || "").slice(1) || line[0].id, true);
  try {
    var probe = document.createElement("canvas");
    if (!probe.getContext("webgl2") || typeof DecompressionStream === "undefined") flat(); else begin();
  } catch (error) { flat(); }
})();
