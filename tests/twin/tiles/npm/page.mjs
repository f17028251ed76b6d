// Opens a page from the disk in a browser without a screen, turns it, and prints what it did as JSON.
// usage: node page.mjs INDEX CHROMIUM scene|flat WIDTH HEIGHT
import { pathToFileURL } from "node:url";
import puppeteer from "puppeteer-core";

const [index, chromium, kind, width, height] = process.argv.slice(2);
const drawing = kind === "scene" ? ["--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
  : ["--disable-gpu", "--disable-3d-apis"];
const browser = await puppeteer.launch({ executablePath: chromium, headless: true, args: ["--no-sandbox", ...drawing] });
const page = await browser.newPage();
await page.setViewport({ width: Number(width), height: Number(height) });
const said = [], asked = [];
page.on("console", (message) => said.push(message.text()));
page.on("pageerror", (error) => said.push(error.message));
page.on("request", (request) => { if (!/^(file|data|blob):/.test(request.url())) asked.push(request.url()); });
await page.goto(pathToFileURL(index).href);
await page.waitForSelector("body[data-ready]", { timeout: 60_000 });
const state = () => page.evaluate(() => {
  const wide = document.documentElement, card = document.querySelector("section.now").getBoundingClientRect();
  return {
    ready: document.body.dataset.ready, looking: document.body.classList.contains("looking"), count: document.getElementById("count").textContent,
    direction: wide.dir, font: document.fonts.check("17px Story"), overflow: wide.scrollWidth > wide.clientWidth,
    card: [card.left, card.right], title: document.querySelector("section.now h2").textContent,
  };
});
const begun = await state();
const seen = [];
for (let turned = 0; turned < 3; turned++) {
  await page.keyboard.press("PageDown");
  await page.waitForFunction(() => !document.body.classList.contains("looking"), { timeout: 60_000 });
  seen.push((await state()).count);
}
await page.mouse.move(Number(width) - 90, 120);
await page.mouse.down();
await page.mouse.move(Number(width) - 150, 150);
await page.mouse.up();
const turned = await state();
await browser.close();
console.log(JSON.stringify({ said, asked, begun, seen, turned }));
