import { CompactSign } from "jose/jws/compact/sign";
import { err, ok, type Problem, type Result } from "../model/index.js";
import { maxTokenBytes } from "./compact-jws.js";
import type { PrivateSigningKey } from "./signing-key.js";

/** Signs claims, with a header that says algorithm, key and type. @returns on failure `schema/invalid`: it is too long */
export async function signJws(
  { alg, kid, privateKey }: PrivateSigningKey,
  typ: string,
  claims: object,
): Promise<Result<string, Problem>> {
  const payload = Buffer.from(JSON.stringify(claims));
  const token = await new CompactSign(payload).setProtectedHeader({ alg, kid, typ }).sign(privateKey);
  if (token.length <= maxTokenBytes) return ok(token);
  return err({ code: "schema/invalid", message: `the token would be longer than ${maxTokenBytes} bytes` });
}
