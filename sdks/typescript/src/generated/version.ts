// Generated from openapi/openapi.json by `cargo xtask sdk`. Do not edit.

/** The version of this package. */
export const VERSION = "0.1.0";
