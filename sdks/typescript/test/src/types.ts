// What the compiler must accept, and what it must refuse. Nothing here runs.
import {
  type Delivery,
  type DeliveryStatus,
  type EventOf,
  type NewWebhook,
  type Page,
  Sayless,
  type Ticket,
  verifyWebhook,
  type Webhook,
  type WebhookEvent,
} from "@sayless/sdk";

declare function same<A, B>(..._: (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? [] : [never]): void;

export async function accepted(sayless: Sayless): Promise<void> {
  const body: NewWebhook = { url: "https://hooks.example/", event_types: ["ticket.*"], rate_limit: null };
  const created = await sayless.webhooks.create(body, { idempotencyKey: "a" });
  const webhook: Webhook = created;
  const { data, etag } = await sayless.webhooks.get(webhook.id).withResponse();
  same<typeof data, Webhook>();
  same<typeof etag, string | undefined>();
  await sayless.webhooks.update(webhook.id, { rate_limit: null }, { ifMatch: etag });
  for await (const delivery of sayless.deliveries.list({ status: "failed" })) same<typeof delivery, Delivery>();
  for await (const page of sayless.tickets.list().pages()) same<typeof page, Page<Ticket>>();
  const nothing = await sayless.webhooks.delete(webhook.id);
  same<typeof nothing, void>();
  await sayless.recoveries.create();
  await sayless.recoveries.continue("rcv_1");
  // A word that comes later.
  const status: DeliveryStatus = "postponed";
  if (status === "failed") return;
}

export async function refused(sayless: Sayless): Promise<void> {
  // @ts-expect-error a field that does not exist
  await sayless.webhooks.create({ url: "https://hooks.example/", event_types: [], colour: "red" });
  // @ts-expect-error a field that is missing
  await sayless.webhooks.create({ url: "https://hooks.example/" });
  // @ts-expect-error a word that the server does not take
  sayless.deliveries.list({ status: "faild" });
  // @ts-expect-error a read has nothing to be idempotent about
  await sayless.webhooks.get("whk_1", { idempotencyKey: "a" });
  // @ts-expect-error names that travel are spelled as on the wire
  sayless.deliveries.list({ webhookId: "whk_1" });
}

export async function told(request: Request): Promise<string> {
  const event: WebhookEvent = await verifyWebhook(request.headers, await request.arrayBuffer(), "whsec_…");
  switch (event.type) {
    case "ticket.created":
      same<typeof event, EventOf<"ticket.created">>();
      return event.data.title ?? "";
    case "ticket.updated":
      return event.previous?.title ?? "";
    case "webhook.disabled":
      return event.data.url;
    case "api_key.created":
      return event.data.scopes.join();
    default: {
      if (event.type === "ticket.closed") return event.data.id;
      // @ts-expect-error the other known types have no such field
      event.data.ghosts;
      return event.type;
    }
  }
}
