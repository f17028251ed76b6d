// Tells a story on a page that needs no network: STORY and MODEL stand before this in the same script.
(function () {
  "use strict";
  var sections = Array.prototype.slice.call(document.querySelectorAll("#stops section"));
  var by = {}; STORY.stops.forEach(function (stop) { by[stop.id] = stop; });
  var line = STORY.stops.filter(function (stop) { return !stop.aside; });
  var count = document.getElementById("count"), back = document.getElementById("back"), on = document.getElementById("on");
  var now = null, from = null, view = null;
  var calm = window.matchMedia && window.matchMedia("(prefers-reduced-motion: reduce)").matches;

  function go(id, jump) {
    var stop = by[id] || line[0];
    if (stop.aside && now && !now.aside) from = now.id;
    now = stop;
    sections.forEach(function (s) { s.classList.toggle("now", s.id === "stop-" + stop.id); });
    var place = line.indexOf(stop);
    count.textContent = place < 0 ? "·" : (place + 1) + " / " + line.length;
    back.disabled = place === 0;
    on.disabled = place === line.length - 1;
    document.body.classList.toggle("two", stop.pair); // a picture of two places stands in for the scene
    Array.prototype.forEach.call(document.querySelectorAll("video, audio"), function (clip) { clip.pause(); });
    if (view) view.show(stop, jump || calm);
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
    var rtl = document.documentElement.dir === "rtl";
    var way = { PageDown: 1, " ": 1, ArrowRight: rtl ? -1 : 1, ArrowLeft: rtl ? 1 : -1, PageUp: -1 }[event.key];
    if (way && event.target.tagName !== "BUTTON") { step(way); event.preventDefault(); }
    if (event.key === "Home") go(line[0].id);
    if (event.key === "End") go(line[line.length - 1].id);
  });

  function vector(p) { return new THREE.Vector3(p[0], p[2], -p[1]); }

  function bytesOf(text) {
    var raw = atob(text), bytes = new Uint8Array(raw.length);
    for (var i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
    return bytes;
  }
  function unpacked(text) {
    var stream = new Blob([bytesOf(text)]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Response(stream).arrayBuffer();
  }

  function View(scene, layers) {
    var canvas = document.getElementById("scene");
    var drawer = new THREE.WebGLRenderer({ canvas: canvas, antialias: true, logarithmicDepthBuffer: true });
    var camera = new THREE.PerspectiveCamera(40, 1, 1, 30000);
    var target = new THREE.Vector3(), flight = null, due = true;
    scene.background = new THREE.Color(0xb9d2e6);
    scene.fog = new THREE.Fog(0xb9d2e6, 2500, 9000);
    scene.add(new THREE.HemisphereLight(0xdfeeff, 0x8d8676, 1.25));
    var sun = new THREE.DirectionalLight(0xfff2dd, 1.7);
    scene.add(sun);
    function size() {
      var width = window.innerWidth, height = window.innerHeight;
      drawer.setPixelRatio(Math.min(window.devicePixelRatio || 1, 2));
      drawer.setSize(width, height, false);
      camera.aspect = width / height; camera.updateProjectionMatrix(); due = true;
    }
    function look(position, at, fov) {
      camera.position.copy(position); target.copy(at); camera.lookAt(at);
      if (camera.fov !== fov) { camera.fov = fov; camera.updateProjectionMatrix(); }
      due = true;
    }
    function dress(stop) {
      Object.keys(layers).forEach(function (id) { layers[id].forEach(function (mesh) {
        mesh.visible = stop.layers.indexOf(id) >= 0 && (mesh.userData.role !== "underground" || stop.xray);
        if (mesh.userData.role === "solid" || mesh.userData.role === "ground" || mesh.userData.role === "water") {
          mesh.material.transparent = stop.xray; mesh.material.opacity = stop.xray ? 0.35 : 1;
          mesh.material.depthWrite = !stop.xray; mesh.material.needsUpdate = true;
        }
      }); });
      drawer.clippingPlanes = (stop.cut || []).map(function (p) { return new THREE.Plane(vector(p), -p[3]); });
      sun.position.set(stop.sun[0], stop.sun[2], -stop.sun[1]);
      sun.intensity = stop.sun[2] > 0 ? 1.7 : 0.1;
      var sky = stop.sun[2] > 0.1 ? 0xb9d2e6 : stop.sun[2] > -0.05 ? 0x8a7f8f : 0x1a2536;
      scene.background.set(sky); scene.fog.color.set(sky);
    }
    this.show = function (stop, jump) {
      dress(stop);
      if (!stop.camera) return;
      var path = !jump && stop.path && stop.path.length ? stop.path : null;
      if (!path) { flight = null; look(vector(stop.camera[0]), vector(stop.camera[1]), stop.camera[2]); return; }
      flight = { path: path, stop: stop, began: performance.now(), lasts: Math.max(stop.seconds, 0.5) * 1000 };
    };
    function fly(time) {
      var share = Math.min((time - flight.began) / flight.lasts, 1) * (flight.path.length - 1);
      var i = Math.min(Math.floor(share), flight.path.length - 2), t = share - i;
      var a = flight.path[i], b = flight.path[i + 1];
      look(vector(a[0]).lerp(vector(b[0]), t), vector(a[1]).lerp(vector(b[1]), t), a[2] + (b[2] - a[2]) * t);
      if (share >= flight.path.length - 1) flight = null;
    }
    var held = null;
    canvas.addEventListener("pointerdown", function (e) { held = [e.clientX, e.clientY]; flight = null; canvas.setPointerCapture(e.pointerId); });
    canvas.addEventListener("pointerup", function () { held = null; });
    canvas.addEventListener("pointermove", function (e) {
      if (!held) return;
      var away = camera.position.clone().sub(target), up = new THREE.Vector3(0, 1, 0);
      away.applyAxisAngle(up, (held[0] - e.clientX) * 0.005);
      var side = up.clone().cross(away).normalize();
      var tilted = away.clone().applyAxisAngle(side, (held[1] - e.clientY) * 0.004);
      if (tilted.y > 0.05 * tilted.length() && tilted.y < 0.995 * tilted.length()) away = tilted;
      held = [e.clientX, e.clientY];
      look(target.clone().add(away), target.clone(), camera.fov);
    });
    canvas.addEventListener("wheel", function (e) {
      var away = camera.position.clone().sub(target).multiplyScalar(Math.exp(e.deltaY * 0.001));
      if (away.length() > 15 && away.length() < 9000) look(target.clone().add(away), target.clone(), camera.fov);
      e.preventDefault();
    }, { passive: false });
    function frame(time) {
      if (flight) fly(time);
      if (due || flight) {
        due = false; drawer.render(scene, camera);
        document.body.setAttribute("data-ready", "scene"); // only now: the picture of the stop stands in until then
      }
      requestAnimationFrame(frame);
    }
    window.addEventListener("resize", size);
    size(); requestAnimationFrame(frame);
  }

  function flat() { document.body.classList.add("flat"); document.body.setAttribute("data-ready", "flat"); }

  function begin() {
    unpacked(MODEL).then(function (data) {
      new THREE.GLTFLoader().parse(data, "", function (model) {
        var layers = {};
        model.scene.traverse(function (thing) {
          if (!thing.isMesh && !thing.isLine) return;
          var parent = thing.parent, role = thing.userData.role || (parent && parent.userData.role);
          var old = thing.material, id = (thing.name || parent.name).replace(/_\d+$/, "");
          thing.userData.role = role;
          if (thing.isMesh) {
            thing.material = new THREE.MeshLambertMaterial({ map: old.map, vertexColors: old.vertexColors, flatShading: true, side: THREE.DoubleSide });
          } else {
            thing.material = new THREE.LineBasicMaterial({ vertexColors: true, depthTest: false });
            thing.renderOrder = 2;
          }
          var key = thing.userData.layer || (parent && parent.userData.layer) || id;
          (layers[key] = layers[key] || []).push(thing);
        });
        var scene = new THREE.Scene();
        scene.add(model.scene);
        view = new View(scene, layers);
        if (now) view.show(now, true);
      }, flat);
    }).catch(flat);
  }

  go((location.hash || "").slice(1) || line[0].id, true);
  try {
    var probe = document.createElement("canvas");
    if (!probe.getContext("webgl2") || typeof DecompressionStream === "undefined") flat(); else begin();
  } catch (error) { flat(); }
})();
