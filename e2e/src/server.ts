// Starts the real server twice, on an empty data folder and a free port each: plainly, and over TLS for clients that insist
// on it. Each has a workspace with its people before the first story, and stops after the last. What the stories need to
// know is in src/world.ts.
import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { get as httpGet } from "node:http";
import { get as httpsGet } from "node:https";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { generate } from "selfsigned";
import { addMember, binary, createWorkspace, sayless, setWorld, type Place } from "./world";

export default async function start(): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), "sayless-e2e-"));
  const plain = await prepare(join(folder, "plain"), "http");
  const secure = await prepare(join(folder, "secure"), "https");
  const certificate = await certify(secure);
  // Read when a process starts: by those of the stories, not by this one.
  process.env.NODE_EXTRA_CA_CERTS = certificate;
  setWorld({ ...plain, secure });
  const tls = ["--tls-cert", certificate, "--tls-key", join(secure.folder, "key.pem")];
  const servers = [await serve(plain), await serve(secure, tls, readFileSync(certificate))];
  return async () => {
    for (const server of servers) await stop(server);
    rmSync(folder, { recursive: true, force: true });
  };
}

/** A data folder with a workspace, its admin and a member. */
export async function prepare(folder: string, scheme: "http" | "https"): Promise<Place> {
  mkdirSync(folder);
  const place: Place = {
    url: `${scheme}://127.0.0.1:${await freePort()}`,
    folder,
    databaseUrl: `sqlite:${join(folder, "sayless.db")}`,
    workspaceId: "",
    admin: { email: "ada@example.com", password: "correct horse battery staple" },
    member: { email: "max@example.com", password: "stapled battery of horses" },
  };
  sayless(["migrate"], "", place);
  place.workspaceId = createWorkspace("Harbour Support", "business", place);
  addMember(place.workspaceId, "admin", place.admin, place);
  addMember(place.workspaceId, "member", place.member, place);
  return place;
}

/** Makes a certificate for a place, and answers where it is. */
async function certify(place: Place): Promise<string> {
  const made = await generate([{ name: "commonName", value: "Sayless under test" }], {
    keyType: "ec",
    algorithm: "sha256",
    extensions: [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "subjectAltName", altNames: [{ type: 7, ip: new URL(place.url).hostname }] },
    ],
  });
  const certificate = join(place.folder, "cert.pem");
  writeFileSync(certificate, made.cert);
  writeFileSync(join(place.folder, "key.pem"), made.private, { mode: 0o600 });
  return certificate;
}

export async function serve(place: Place, more: string[] = [], ca?: Buffer): Promise<ChildProcess> {
  const log = join(place.folder, "server.log");
  const out = openSync(log, "a");
  const loopback = ["--allow-destination", "127.0.0.0/8", "--allow-destination", "::1/128"];
  const address = ["--listen", new URL(place.url).host, "--public-url", place.url];
  const server = spawn(binary, ["serve", "--database-url", place.databaseUrl, ...address, ...loopback, ...more], {
    cwd: place.folder,
    stdio: ["ignore", out, out],
  });
  closeSync(out);
  for (let tries = 0; tries < 150; tries += 1) {
    if (server.exitCode !== null) break;
    if (await isReady(`${place.url}/readyz`, ca)) return server;
    await sleep(100);
  }
  server.kill("SIGKILL");
  throw new Error(`the server did not become ready:\n${readFileSync(log, "utf8")}`);
}

function isReady(url: string, ca?: Buffer): Promise<boolean> {
  return new Promise((resolve) => {
    const answered = (response: { statusCode?: number; resume(): void }) => {
      response.resume();
      resolve(response.statusCode === 200);
    };
    const request = ca ? httpsGet(url, { ca }, answered) : httpGet(url, answered);
    request.on("error", () => resolve(false));
  });
}

export async function stop(server: ChildProcess): Promise<void> {
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
