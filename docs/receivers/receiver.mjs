// A receiver in Node.js, without packages: SAYLESS_SIGNING_KEY=whsec_… node receiver.mjs
import { createHmac, createPublicKey, timingSafeEqual, verify } from "node:crypto";
import { createServer } from "node:http";

const [kind, text] = process.env.SAYLESS_SIGNING_KEY.split("_"); // whsec_… for v1, whpk_… for v1a
const key = Buffer.from(text, "base64");
const scheme = kind === "whpk" ? "v1a" : "v1";
const jwk = { kty: "OKP", crv: "Ed25519", x: key.toString("base64url") };
const publicKey = scheme === "v1a" && createPublicKey({ key: jwk, format: "jwk" });

function fits(signed, signature) {
  if (scheme === "v1a") return verify(null, signed, publicKey, signature);
  const expected = createHmac("sha256", key).update(signed).digest();
  return signature.length === expected.length && timingSafeEqual(signature, expected);
}

function isFromSayless(headers, body) {
  const { "webhook-id": id = "", "webhook-timestamp": timestamp = "", "webhook-signature": all = "" } = headers;
  if (!/^[0-9]{1,12}$/.test(timestamp) || Math.abs(Date.now() / 1000 - timestamp) > 300) return false;
  const signed = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]);
  // While a secret is rotated there are several signatures, and the header may come in several lines: one that fits is enough.
  const signatures = [...all.matchAll(/(?:^|[\s,])(v1a?),([A-Za-z0-9+/=]+)/g)];
  return signatures.some(([, version, base64]) => version === scheme && fits(signed, Buffer.from(base64, "base64")));
}

createServer((request, response) => {
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => {
    // The body exactly as it arrived: verify first, parse afterwards.
    const body = Buffer.concat(chunks);
    if (!isFromSayless(request.headers, body)) return response.writeHead(401).end();
    const event = JSON.parse(body);
    // The same event may arrive twice: skip a webhook-id that you have seen. Store it, answer, and work afterwards.
    console.log(request.headers["webhook-id"], event.type);
    response.writeHead(204).end();
  });
}).listen(process.env.PORT ?? 9000);
