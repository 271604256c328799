// A receiver outside of Sayless: a plain HTTP server that verifies what it gets with the npm package `standardwebhooks`
// and answers as it is told.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Webhook } from "standardwebhooks";

/** A message that was verified. */
export interface Verified {
  id: string;
  body: {
    id: string;
    type: string;
    timestamp: string;
    workspace_id: string;
    actor: { type: string; id: string | null; name?: string };
    data: Record<string, unknown>;
    previous?: Record<string, unknown>;
  };
}

/** A receiver on a loopback port of its own. */
export class Receiver {
  /** The status it answers with. */
  status = 200;
  /** What came and was genuine, oldest first. */
  readonly verified: Verified[] = [];
  private readonly accepted: Verified[] = [];
  /** Why what came was not genuine. */
  readonly refused: string[] = [];
  private secret = "";

  private constructor(private readonly server: Server) {}

  static async start(): Promise<Receiver> {
    const server = createServer();
    const receiver = new Receiver(server);
    server.on("request", (request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        receiver.take(Buffer.concat(chunks).toString("utf8"), request.headers);
        response.writeHead(receiver.status, { "content-type": "text/plain" }).end(receiver.status < 300 ? "" : "not now");
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return receiver;
  }

  /** Where it listens. */
  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/hooks`;
  }

  /** The ids of what came, was genuine and was answered 2xx; of one type, where one is named. */
  delivered(type?: string): Set<string> {
    const wanted = this.accepted.filter((message) => !type || message.body.type === type);
    return new Set(wanted.map((message) => message.id));
  }

  /** Verifies with this signing secret from now on. */
  trust(secret: string): void {
    this.secret = secret;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private take(body: string, headers: NodeJS.Dict<string | string[]>): void {
    const named = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
    try {
      const verified = new Webhook(this.secret).verify(body, named) as Verified["body"];
      const message = { id: named["webhook-id"] ?? "", body: verified };
      this.verified.push(message);
      if (this.status < 300) this.accepted.push(message);
    } catch (error) {
      this.refused.push(String(error));
    }
  }
}
