import { SaylessError } from "../errors.js";

/** A key that signatures of one scheme are checked with. */
export interface VerificationKey {
  scheme: "v1" | "v1a";
  verify(signature: Uint8Array<ArrayBuffer>, signed: Uint8Array<ArrayBuffer>): Promise<boolean>;
}

/** The key in a signing secret (`whsec_…`, of `v1`) or a public key (`whpk_…`, of `v1a`). */
export async function keyOf(secret: string): Promise<VerificationKey> {
  if (typeof secret !== "string") throw new SaylessError(`a secret is a text, not ${String(secret)}: is it set?`);
  const [, kind, text] = /^(whsec|whpk)_(.+)$/.exec(secret.trim()) ?? [];
  const bytes = text === undefined ? undefined : base64(text);
  if (bytes === undefined || bytes.length === 0) {
    throw new SaylessError("a secret is a signing secret (whsec_…) or a public key (whpk_…), and base64 after that");
  }
  return kind === "whpk" ? publicKey(bytes) : secretKey(bytes);
}

async function secretKey(bytes: Uint8Array<ArrayBuffer>): Promise<VerificationKey> {
  const key = await crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
  // WebCrypto compares in constant time.
  return { scheme: "v1", verify: (signature, signed) => crypto.subtle.verify("HMAC", key, signature, signed) };
}

async function publicKey(bytes: Uint8Array<ArrayBuffer>): Promise<VerificationKey> {
  const key = await crypto.subtle.importKey("raw", bytes, "Ed25519", false, ["verify"]).catch((cause: unknown) => {
    throw new SaylessError("the public key (whpk_…) is not one of Ed25519, or this runtime does not know Ed25519", { cause });
  });
  return { scheme: "v1a", verify: (signature, signed) => crypto.subtle.verify("Ed25519", key, signature, signed) };
}

/** The bytes of a base64 text, or `undefined` if it is none. */
export function base64(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  } catch {
    return undefined;
  }
}
