// A receiver of webhooks that verifies what comes and answers as the test says.
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { verifyWebhook, type WebhookEvent, WebhookVerificationError } from "@sayless/sdk";

/** A message that was verified. */
export interface Arrival {
  event: WebhookEvent;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

export class Receiver {
  /** What it verifies with. */
  secrets: string[] = [];
  /** What it answers a message that is verified. */
  status = 204;
  readonly arrivals: Arrival[] = [];
  /** Why messages were refused. */
  readonly refused: string[] = [];
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        void this.#answer(request.headers, Buffer.concat(chunks)).then((status) => response.writeHead(status).end());
      });
    });
  }

  static async start(): Promise<Receiver> {
    const receiver = new Receiver();
    await new Promise<void>((resolve) => receiver.#server.listen(0, "127.0.0.1", resolve));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/hook`;
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  /** The verified arrivals of an event. */
  of(eventId: string): Arrival[] {
    return this.arrivals.filter(({ event }) => event.id === eventId);
  }

  async #answer(headers: IncomingHttpHeaders, body: Buffer): Promise<number> {
    try {
      const event = await verifyWebhook(headers, body, this.secrets);
      this.arrivals.push({ event, headers, body });
      return this.status;
    } catch (error) {
      this.refused.push(error instanceof WebhookVerificationError ? error.reason : String(error));
      return 401;
    }
  }
}
