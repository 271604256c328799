// Generated from openapi/openapi.json by `cargo xtask sdk`. Do not edit.

import type { List } from "../../list.js";
import type { RequestOptions } from "../../options.js";
import { Resource } from "../../resource.js";
import type {
  EventTypeInfo,
} from "../schemas.js";

/** The operations of `sayless.eventTypes`. */
export class EventTypesResource extends Resource {
  /**
   * List event types.
   *
   * Every type with its description, the JSON Schema of its `data` and an example, all on one page.
   *
   * **Permission:** an admin's session, or a key or token with the scope `webhooks:read`
   */
  list(options?: RequestOptions): List<EventTypeInfo> {
    return this.listPages("/v1/event-types", undefined, options);
  }
}
