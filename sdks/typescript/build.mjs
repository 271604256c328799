// Builds dist/: JavaScript without comments, and declarations with them.
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const folder = import.meta.dirname;
const typescript = dirname(createRequire(import.meta.url).resolve("typescript/package.json"));

function tsc(...options) {
  const program = [join(typescript, "bin/tsc"), "--project", folder, ...options];
  execFileSync(process.execPath, program, { stdio: "inherit" });
}

rmSync(join(folder, "dist"), { recursive: true, force: true });
tsc("--removeComments");
tsc("--declaration", "--emitDeclarationOnly");
