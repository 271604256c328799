// Generated from openapi/openapi.json by `cargo xtask sdk`. Do not edit.

import type { Call } from "../../call.js";
import type { RequestOptions } from "../../options.js";
import { Resource, segment } from "../../resource.js";
import type {
  KnownProblemType,
  ProblemDescription,
  ProblemDescriptions,
} from "../schemas.js";

/** The operations of `sayless.problemTypes`. */
export class ProblemTypesResource extends Resource {
  /**
   * Show a problem type.
   *
   * What the error means and what to do. This is the address in a problem's `type`. A browser gets a page.
   */
  get(name: KnownProblemType, options?: RequestOptions): Call<ProblemDescription> {
    return this.sendRequest({ method: "GET", path: `/problems/${segment(name)}` }, options);
  }

  /**
   * List problem types.
   *
   * All errors of `/v1`: what each means and what to do. A browser gets a page.
   */
  list(options?: RequestOptions): Call<ProblemDescriptions> {
    return this.sendRequest({ method: "GET", path: "/problems" }, options);
  }
}
