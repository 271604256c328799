// A receiver for Next.js, as a route handler: POST /webhooks/sayless. SAYLESS_SIGNING_KEY is the webhook's signing secret
// (whsec_…) or its public key (whpk_…); both of them, with a comma between, while a secret is rotated. The README beside
// app/ says how to start it.
import { ReplayGuard, verifyWebhook, type WebhookEvent, WebhookVerificationError } from "@sayless/sdk";

const secrets = (process.env.SAYLESS_SIGNING_KEY ?? "").split(",");
// Where several processes serve the app, give the guard a store that they share.
const guard = new ReplayGuard();

export async function POST(request: Request): Promise<Response> {
  let event: WebhookEvent;
  try {
    // The body as it arrived: verify first, parse afterwards.
    event = await verifyWebhook(request.headers, await request.text(), secrets);
  } catch (error) {
    if (!(error instanceof WebhookVerificationError)) throw error;
    return new Response(error.reason, { status: 401 });
  }
  await guard.once(event, () => handle(event));
  return new Response(null, { status: 204 });
}

/** Put the event into a queue here, and work afterwards: Sayless waits 15 seconds for the answer. */
function handle(event: WebhookEvent): void {
  switch (event.type) {
    case "ticket.created":
      console.log(`${event.id} ${event.type}: ${event.data.title}`);
      break;
    default:
      console.log(`${event.id} ${event.type}`);
  }
}
