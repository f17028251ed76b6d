// Prints, as JSON, what the Khronos glTF validator says of each file named: errors first.
import { readFileSync } from "node:fs";
import validator from "gltf-validator";

const found = [];
for (const path of process.argv.slice(2)) {
  const report = await validator.validateBytes(new Uint8Array(readFileSync(path)), { uri: path });
  const { numErrors, numWarnings, messages } = report.issues;
  found.push({ path, errors: numErrors, warnings: numWarnings, messages: messages.slice(0, 5) });
}
console.log(JSON.stringify(found));
