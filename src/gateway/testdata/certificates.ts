import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { leftOut } from "../../store/testdata/test-database.js";

const run = promisify(execFile);

/** Whether certificates can be made here; in CI they can, or the run fails. */
export function hasOpenssl(): Promise<boolean> {
  return run("openssl", ["version"]).then(
    () => true,
    (error: unknown) => leftOut("openssl", error),
  );
}

/**
 * Makes an authority and one certificate each for a server on this machine and for a client, in a folder: `ca.pem`,
 * `server.pem`, `client.pem`, and beside each its key, `server.key` and so on. They are good for a day and for nothing else.
 */
export async function makeCertificates(folder: string): Promise<void> {
  const at = (name: string) => join(folder, name);
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1"];
  const authority = ["req", "-x509", ...key, "-subj", "/CN=test authority", "-keyout", at("ca.key"), "-out", at("ca.pem")];
  await run("openssl", authority);
  await writeFile(at("names"), "subjectAltName=IP:127.0.0.1\n");
  for (const name of ["server", "client"]) {
    const request = ["req", ...key.slice(0, 5), "-subj", `/CN=${name}`, "-keyout", at(`${name}.key`), "-out", at(`${name}.csr`)];
    await run("openssl", request);
    const signer = ["-CA", at("ca.pem"), "-CAkey", at("ca.key"), "-CAcreateserial", "-days", "1", "-extfile", at("names")];
    await run("openssl", ["x509", "-req", "-in", at(`${name}.csr`), ...signer, "-out", at(`${name}.pem`)]);
  }
}
