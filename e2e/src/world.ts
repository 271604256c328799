// What a story knows of the servers under test, and the `sayless` command beside it.
import { execFileSync } from "node:child_process";
import { resolve } from "node:path";

/** How a person signs in. */
export interface SignIn {
  email: string;
  password: string;
}

/** A server under test, with a database of its own. */
export interface Place {
  /** Where it is served, without a slash at the end. */
  url: string;
  /** Its working folder: the database, its keys, `server.log`. */
  folder: string;
  databaseUrl: string;
  /** A workspace on the business plan, with one admin and one member. */
  workspaceId: string;
  admin: SignIn;
  member: SignIn;
}

/** The servers under test: the one that most stories are about, and one that serves TLS. */
export interface World extends Place {
  /** Its certificate is trusted by every process of the stories. */
  secure: Place;
}

/** The `sayless` binary under test. */
export const binary = resolve(process.env.SAYLESS_BIN ?? `${import.meta.dirname}/../../target/debug/sayless`);

/** Tells the stories, which run in processes of their own, about the servers. */
export function setWorld(world: World): void {
  process.env.SAYLESS_WORLD = JSON.stringify(world);
}

/** The servers under test. */
export function world(): World {
  const text = process.env.SAYLESS_WORLD;
  if (!text) throw new Error("no server was started: run the stories with playwright's global set-up");
  return JSON.parse(text) as World;
}

/** Runs a `sayless` subcommand on the database under test and returns what it printed. */
export function sayless(args: string[], input = "", { folder, databaseUrl }: Place = world()): string {
  const environment = { ...process.env, SAYLESS_DATABASE_URL: databaseUrl };
  return execFileSync(binary, args, { cwd: folder, env: environment, input, encoding: "utf8" }).trim();
}

/** Makes a workspace and returns its id. */
export function createWorkspace(
  name: string,
  plan: "free" | "startup" | "business" | "enterprise",
  place: Place = world(),
): string {
  return sayless(["workspace", "create", "--name", name, "--plan", plan], "", place);
}

/** Adds a person to a workspace. */
export function addMember(
  workspaceId: string,
  role: "admin" | "member",
  who: SignIn,
  place: Place = world(),
): void {
  const args = ["member", "add", "--workspace", workspaceId, "--email", who.email, "--role", role];
  sayless([...args, "--password-stdin"], who.password, place);
}
