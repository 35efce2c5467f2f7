/** Where a page of approvals ends: the request's time and id, in the order of the list. */
export type PageEnd = { readonly requestedAtMs: number; readonly id: string };

/** A cursor that callers hand back as it is. */
export function cursorText({ requestedAtMs, id }: PageEnd): string {
  return Buffer.from(JSON.stringify([requestedAtMs, id])).toString("base64url");
}

/**
 * @returns undefined for the first page
 * @throws where no page gave this cursor
 */
export function cursorFrom(text: string | null): PageEnd | undefined {
  if (text === null) return undefined;
  const parsed = jsonOf(Buffer.from(text, "base64url").toString());
  const [requestedAtMs, id]: readonly unknown[] = Array.isArray(parsed) ? parsed : [];
  if (typeof requestedAtMs === "number" && typeof id === "string") return { requestedAtMs, id };
  throw new Error("no page of approvals gave this cursor");
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
