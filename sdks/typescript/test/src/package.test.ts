// The package as it is installed: small, alone, and with what a README promises.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { VERSION } from "@sayless/sdk";

const project = fileURLToPath(new URL("../../", import.meta.url));
const installed = join(project, "node_modules/@sayless/sdk");
const files = readdirSync(installed, { recursive: true, encoding: "utf8" });
const manifest = JSON.parse(readFileSync(join(installed, "package.json"), "utf8")) as Record<string, unknown>;

test("its JavaScript is under 20 KB, compressed by gzip", (context) => {
  const scripts = files.filter((file) => file.endsWith(".js")).sort();
  const text = scripts.map((file) => readFileSync(join(installed, file), "utf8")).join("");
  const size = gzipSync(text, { level: 9 }).length;
  context.diagnostic(`${scripts.length} files, ${text.length} bytes, ${size} bytes compressed`);
  assert.ok(size > 0 && size < 20 * 1024, `${size} bytes`);
});

test("it depends on nothing, and tells its version", () => {
  assert.equal(manifest["dependencies"], undefined);
  assert.equal(manifest["peerDependencies"], undefined);
  assert.equal(manifest["version"], VERSION);
  const foreign = files
    .filter((file) => file.endsWith(".js"))
    .flatMap((file) => [...readFileSync(join(installed, file), "utf8").matchAll(/from "([^".][^"]*)"/g)]);
  assert.deepEqual(foreign.map(([, name]) => name), []);
});

test("it holds what is built, its README and its licences, and no more", () => {
  const top = new Set(files.map((file) => file.split("/")[0]));
  assert.deepEqual([...top].sort(), ["LICENSE-APACHE", "LICENSE-MIT", "README.md", "dist", "package.json"]);
  assert.ok(files.includes("dist/index.d.ts"));
  assert.match(readFileSync(join(installed, "dist/generated/resources/webhooks.d.ts"), "utf8"), /\* Create a webhook\./);
});

const readme = readFileSync(join(installed, "README.md"), "utf8");
const blocks = [...readme.matchAll(/^```(\w+)([^\n]*)\n([\s\S]*?)^```$/gm)];

test("each block of the README is run, or says why not", () => {
  for (const [, language, info] of blocks) assert.match(info ?? "", /^ (run|not-run="[^"]+")$/, `${language}${info}`);
});

for (const [index, [, language, info, code]] of blocks.entries()) {
  if (info !== " run") continue;
  test(`block ${index + 1} of the README runs`, () => {
    assert.equal(language, "js");
    const file = join(project, `readme-${index + 1}.mjs`);
    writeFileSync(file, code ?? "");
    const ended = spawnSync(process.execPath, [file], { cwd: project, encoding: "utf8", timeout: 60_000 });
    assert.equal(ended.status, 0, ended.stdout + ended.stderr);
  });
}
