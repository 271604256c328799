// A receiver for Express. SAYLESS_SIGNING_KEY is the webhook's signing secret (whsec_…) or its public key (whpk_…); both of
// them, with a comma between, while a secret is rotated:
//   npm install && SAYLESS_SIGNING_KEY=whsec_… node server.mjs
import { ReplayGuard, verifyWebhook, WebhookVerificationError } from "@sayless/sdk";
import express from "express";

const secrets = (process.env.SAYLESS_SIGNING_KEY ?? "").split(",");
const guard = new ReplayGuard();
const app = express();

// The body as it arrived. With a JSON parser before this route, no signature would fit.
app.post("/webhooks/sayless", express.raw({ type: "*/*", limit: "5mb" }), async (request, response) => {
  let event;
  try {
    event = await verifyWebhook(request.headers, request.body ?? "", secrets);
  } catch (error) {
    if (!(error instanceof WebhookVerificationError)) throw error;
    response.status(401).send(error.reason);
    return;
  }
  await guard.once(event, () => handle(event));
  response.status(204).end();
});

/**
 * Put the event into a queue here, and work afterwards: Sayless waits 15 seconds for the answer.
 * @param {import("@sayless/sdk").WebhookEvent} event
 */
function handle(event) {
  switch (event.type) {
    case "ticket.created":
      console.log(`${event.id} ${event.type}: ${event.data.title}`);
      break;
    default:
      console.log(`${event.id} ${event.type}`);
  }
}

const server = app.listen(Number(process.env.PORT ?? 9000), () => {
  const address = server.address();
  if (address !== null && typeof address === "object") console.log(`listening on port ${address.port}`);
});
