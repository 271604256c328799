// Generated from openapi/openapi.json by `cargo xtask sdk`. Do not edit.

import type { List } from "../../list.js";
import type { RequestOptions } from "../../options.js";
import { Resource } from "../../resource.js";
import type {
  DeliveryAddress,
} from "../schemas.js";

/** The operations of `sayless.deliveryAddresses`. */
export class DeliveryAddressesResource extends Resource {
  /**
   * List delivery addresses.
   *
   * The addresses that deliveries come from, for a firewall in front of a receiver, all on one page. The list is empty where the
   * operator has not named them: then deliveries may come from anywhere.
   *
   * **Permission:** an admin's session, or a key or token with the scope `webhooks:read`
   */
  list(options?: RequestOptions): List<DeliveryAddress> {
    return this.listPages("/v1/delivery-addresses", undefined, options);
  }
}
