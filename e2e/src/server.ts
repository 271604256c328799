// Starts the real server on an empty data folder and a free port, with a workspace and its admin, before the first
// story, and stops it after the last. What the stories need to know is in src/world.ts.
import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { addMember, binary, createWorkspace, sayless, setWorld, type World } from "./world";

export default async function start(): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), "sayless-e2e-"));
  const url = `http://127.0.0.1:${await freePort()}`;
  const world: World = {
    url,
    folder,
    databaseUrl: `sqlite:${join(folder, "sayless.db")}`,
    workspaceId: "",
    admin: { email: "ada@example.com", password: "correct horse battery staple" },
    member: { email: "max@example.com", password: "stapled battery of horses" },
  };
  setWorld(world);
  sayless(["migrate"]);
  world.workspaceId = createWorkspace("Harbour Support", "business");
  setWorld(world);
  addMember(world.workspaceId, "admin", world.admin);
  addMember(world.workspaceId, "member", world.member);
  const log = join(folder, "server.log");
  const server = await serve(world, log);
  return async () => {
    await stop(server);
    rmSync(folder, { recursive: true, force: true });
  };
}

async function serve(world: World, log: string): Promise<ChildProcess> {
  const out = openSync(log, "a");
  const loopback = ["--allow-destination", "127.0.0.0/8", "--allow-destination", "::1/128"];
  const address = ["--listen", new URL(world.url).host, "--public-url", world.url];
  const server = spawn(binary, ["serve", "--database-url", world.databaseUrl, ...address, ...loopback], {
    cwd: world.folder,
    stdio: ["ignore", out, out],
  });
  closeSync(out);
  for (let tries = 0; tries < 150; tries += 1) {
    if (server.exitCode !== null) break;
    const answer = await fetch(`${world.url}/readyz`).catch(() => undefined);
    if (answer?.ok) return server;
    await sleep(100);
  }
  server.kill("SIGKILL");
  throw new Error(`the server did not become ready:\n${readFileSync(log, "utf8")}`);
}

async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) throw new Error(`the server ended by itself, with ${server.exitCode}`);
  const ended = new Promise<void>((resolve) => server.once("exit", () => resolve()));
  server.kill("SIGTERM");
  const timely = await Promise.race([ended.then(() => true), sleep(25_000, false, { ref: false })]);
  if (!timely) {
    server.kill("SIGKILL");
    throw new Error("the server did not stop within 25 seconds of SIGTERM");
  }
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
