// Starts the real server with the demo's company on an empty folder, for pictures of the console.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { prepare, serve, stop } from "../src/server";
import { setWorld } from "../src/world";

const demoBinary = resolve(process.env.DEMO_BIN ?? `${import.meta.dirname}/../../target/debug/demo`);

export default async function start(): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), "sayless-pictures-"));
  const place = await prepare(join(folder, "place"), "http");
  setWorld({ ...place, secure: place });
  const server = await serve(place);
  const demo = spawn(demoBinary, [place.url, join(folder, "demo.json")], { stdio: ["pipe", "inherit", "inherit"] });
  demo.stdin.end(`${place.admin.email}\n${place.admin.password}\n`);
  return async () => {
    demo.kill("SIGKILL");
    await stop(server);
    rmSync(folder, { recursive: true, force: true });
  };
}
