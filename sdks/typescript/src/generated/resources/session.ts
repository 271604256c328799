// Generated from openapi/openapi.json by `cargo xtask sdk`. Do not edit.

import type { Call } from "../../call.js";
import type { RequestOptions } from "../../options.js";
import { Resource } from "../../resource.js";
import type {
  Session,
} from "../schemas.js";

/** The operations of `sayless.session`. */
export class SessionResource extends Resource {
  /**
   * Show who is calling.
   *
   * The member, their role and workspace, and what the plan allows. Answers keys and tokens too.
   *
   * **Permission:** any member's session, or any key or token
   */
  get(options?: RequestOptions): Call<Session> {
    return this.sendRequest({ method: "GET", path: "/v1/session" }, options);
  }
}
