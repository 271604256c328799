/** Headers as `fetch`, Node or a framework has them. */
export type WebhookHeaders =
  | { get(name: string): string | null }
  | Readonly<Record<string, string | readonly string[] | undefined>>;

/** The value of a header, whatever the case of its name; several lines as one, with commas between. */
export function headerOf(headers: WebhookHeaders, name: string): string | undefined {
  if (isMap(headers)) return headers.get(name) ?? undefined;
  const lines = Object.entries(headers).filter(([key]) => key.toLowerCase() === name);
  const values = lines.flatMap(([, value]) => value ?? []);
  return values.length === 0 ? undefined : values.join(",");
}

function isMap(headers: WebhookHeaders): headers is { get(name: string): string | null } {
  return typeof headers.get === "function";
}
