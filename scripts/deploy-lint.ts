/**
 * What must hold of the files that the gateway is deployed by. Each rule is a function of a text, gives one line per fault, and
 * knows the few forms that these files use: what it cannot read is a fault.
 */
import { isRecord, parseStrictYaml } from "../src/model/index.js";

/** The one port that serves requests. */
export const gatewayPort = 5001;

type Fault = string;
type Rules = Readonly<Record<string, (value: unknown) => boolean>>;

/** A version to two places at least, or a digest: `latest`, and a bare major version, are another image tomorrow. */
const pinned = /^[a-z0-9][a-z0-9./_-]*(:[0-9]+(\.[0-9]+)+[a-z0-9.-]*|@sha256:[0-9a-f]{64})$/;

/** A user by number that is not root's: a name says nothing to an engine that checks for it. */
const unprivileged = /^[1-9][0-9]*(:[1-9][0-9]*)?$/;

const secretName = /(PASSWORD|SECRET|TOKEN|PRIVATE|API_?KEY|KEYS_JSON)/i;
const fromOutside = /^\$\{[A-Z_]+(:\?[^}]*)?\}$/;
/** A password between a URL's user and its host; one that is put in from outside is none. */
const inUrl = /:\/\/[^/\s:@]*:(?!\$\{)[^@\s/]+@/;

/** @requirement EXE-25 */
function namesEngineSocket(text: string): boolean {
  return /(docker|containerd|podman|crio|cri-dockerd|buildkitd)\.sock|\/run\/(docker|containerd|podman|crio)\b/.test(
    text,
  );
}

type Instruction = { readonly word: string; readonly rest: string };

function instructionsOf(dockerfile: string): readonly Instruction[] {
  const lines = dockerfile.replace(/^\s*#.*\n/gm, "").replace(/\\\n/g, " ");
  return lines.split("\n").flatMap((line) => {
    const [, word, rest] = /^([A-Z]+)\s+(.+)$/.exec(line.trim()) ?? [];
    return word === undefined || rest === undefined ? [] : [{ word, rest: rest.trim() }];
  });
}

/** The faults of a Dockerfile. */
export function dockerfileFaults(text: string): readonly Fault[] {
  const instructions = instructionsOf(text);
  const starts = instructions.flatMap(({ word }, index) => (word === "FROM" ? [index] : []));
  if (starts.length === 0) return ["no stage"];
  const stages = starts.map((start, n) => instructions.slice(start, starts[n + 1]));
  return [...stages.flatMap(stageFaults), ...imageFaults(stages.at(-1) ?? []), ...instructions.flatMap(secretFaults)];
}

function stageFaults(stage: readonly Instruction[]): Fault[] {
  const image = stage[0]?.rest.split(/\s+/)[0] ?? "";
  const user = stage.findLast(({ word }) => word === "USER")?.rest ?? "root";
  const named = [`image ${image} is not pinned`].filter(() => !pinned.test(image));
  const run = [`a stage ends as user ${user}`].filter(() => !unprivileged.test(user));
  const fetched = stage.filter(({ word }) => word === "ADD").map(({ rest }) => `ADD ${rest}: COPY says what it does`);
  return [...named, ...run, ...fetched];
}

/** What the last stage, which is the image, must say. */
function imageFaults(stage: readonly Instruction[]): Fault[] {
  const last = (word: string) => stage.findLast((one) => one.word === word)?.rest ?? "";
  const faults: Fault[] = [];
  if (last("EXPOSE") !== String(gatewayPort)) faults.push(`EXPOSE is not ${gatewayPort}`);
  if (!/CMD \[/.test(last("HEALTHCHECK"))) faults.push("no HEALTHCHECK in the exec form");
  else if (!last("HEALTHCHECK").includes(`:${gatewayPort}/healthz`)) faults.push("HEALTHCHECK asks something else");
  if (!last("ENTRYPOINT").startsWith("[")) faults.push("ENTRYPOINT would go through a shell");
  if (namesEngineSocket(stage.map(({ rest }) => rest).join("\n"))) faults.push("a container engine's socket");
  return faults;
}

function secretFaults({ word, rest }: Instruction): Fault[] {
  if (word !== "ENV" && word !== "ARG") return [];
  const pairs = rest.split(/\s+/).map((pair) => pair.split("="));
  return pairs.flatMap(([name = "", value = ""]) => (isSecret(name, value) ? [`${word} ${name} holds a secret`] : []));
}

function isSecret(name: string, value: string): boolean {
  return (secretName.test(name) && !fromOutside.test(value)) || inUrl.test(value);
}

/** The faults of a compose file. */
export function composeFaults(text: string): readonly Fault[] {
  const read = parseStrictYaml(text, "compose.yaml");
  if (!read.ok) return read.error.map(({ message }) => message);
  const services = Object.entries(recordAt(read.value.value, "services"));
  if (services.length === 0) return ["no service"];
  const gateway = at(read.value.value, "services", "gateway");
  const published = JSON.stringify(at(gateway, "ports")) === `["127.0.0.1:${gatewayPort}:${gatewayPort}"]`;
  return [
    ...services.flatMap(([name, service]) => serviceFaults(service).map((fault) => `${name}: ${fault}`)),
    ...(published ? [] : [`gateway: publishes something else than ${gatewayPort} on loopback`]),
    ...mountFaults(read.value.value),
  ];
}

const serviceRules: Rules = {
  "has no image that is pinned": (service) =>
    at(service, "build") !== undefined || pinned.test(`${at(service, "image")}`),
  "runs as root": (service) => unprivileged.test(`${at(service, "user")}`),
  "may write to its root": (service) => at(service, "read_only") === true,
  "keeps capabilities": (service) => isAll(at(service, "cap_drop")) && at(service, "cap_add") === undefined,
  "may gain privileges": (service) => listAt(service, "security_opt").includes("no-new-privileges:true"),
  "has no health check": (service) => listAt(service, "healthcheck", "test").length > 1,
  "is privileged": (service) => at(service, "privileged") === undefined,
  "shares the machine's devices": (service) => at(service, "devices") === undefined,
  "shares a namespace": (service) =>
    ["network_mode", "pid", "ipc", "uts", "userns_mode", "cgroup"].every((name) => at(service, name) === undefined),
  "mounts something of the machine": (service) => listAt(service, "volumes").every(isNamedVolume),
  "holds a secret": (service) =>
    Object.entries(recordAt(service, "environment")).every(([name, value]) => !isSecret(name, `${value}`)),
};

function serviceFaults(service: unknown): Fault[] {
  return Object.entries(serviceRules).flatMap(([fault, holds]) => (holds(service) ? [] : [fault]));
}

/**
 * `name:/path`, and nothing that starts where the machine's own files are.
 *
 * @requirement EXE-25
 */
function isNamedVolume(volume: unknown): boolean {
  return typeof volume === "string" && /^[a-z][a-z0-9_-]*:\/[^:]+$/.test(volume);
}

/** The faults of a file of Kubernetes manifests. */
export function kubernetesFaults(text: string): readonly Fault[] {
  const documents: unknown[] = [];
  for (const part of text.split(/^---\n/m)) {
    const read = parseStrictYaml(part, "gateway.yaml");
    if (!read.ok) return read.error.map(({ message }) => message);
    documents.push(read.value.value);
  }
  const ofKind = (kind: string) => documents.filter((one) => at(one, "kind") === kind);
  const deployments = ofKind("Deployment");
  if (deployments.length === 0) return ["no Deployment"];
  const labels = JSON.stringify(at(deployments[0], "spec", "template", "metadata", "labels"));
  const selected = (one: unknown, ...path: string[]) => JSON.stringify(at(one, "spec", ...path)) === labels;
  return [
    ...deployments.flatMap(deploymentFaults),
    ...ofKind("Secret").map(() => "a Secret stands in the file"),
    ...(ofKind("NetworkPolicy").some((one) => selected(one, "podSelector", "matchLabels") && isBothWays(one))
      ? []
      : ["no network policy for both ways"]),
    ...(ofKind("PodDisruptionBudget").some((one) => selected(one, "selector", "matchLabels"))
      ? []
      : ["no disruption budget"]),
    ...(ofKind("Service").some((one) => selected(one, "selector") && servesPort(one))
      ? []
      : [`no service for the port ${gatewayPort}`]),
    ...documents.flatMap(mountFaults),
  ];
}

/** Both ways are closed but for what is listed, and no rule lists everything. */
function isBothWays(policy: unknown): boolean {
  const types = listAt(policy, "spec", "policyTypes").toSorted().join();
  const rules = [
    ...listAt(policy, "spec", "ingress").map((rule) => [listAt(rule, "from"), listAt(rule, "ports")]),
    ...listAt(policy, "spec", "egress").map((rule) => [listAt(rule, "to"), listAt(rule, "ports")]),
  ];
  return (
    types === "Egress,Ingress" && rules.length > 0 && rules.every((lists) => lists.every(({ length }) => length > 0))
  );
}

function servesPort(service: unknown): boolean {
  return listAt(service, "spec", "ports").some(
    (one) => at(one, "port") === gatewayPort && at(one, "targetPort") === "http",
  );
}

const podRules: Rules = {
  "mounts a service account's token": (pod) => at(pod, "automountServiceAccountToken") === false,
  "may run as root": (pod) => at(pod, "securityContext", "runAsNonRoot") === true,
  "runs as root": (pod) => unprivileged.test(`${at(pod, "securityContext", "runAsUser")}`),
  "has no seccomp profile": (pod) => at(pod, "securityContext", "seccompProfile", "type") === "Localhost",
  "has the node's users": (pod) => at(pod, "hostUsers") === false,
  "shares a namespace": (pod) => ["hostNetwork", "hostPID", "hostIPC"].every((name) => at(pod, name) === undefined),
  "mounts something of the machine": (pod) => listAt(pod, "volumes").every(isOwnVolume),
};

/** @requirement EXE-25 */
function isOwnVolume(volume: unknown): boolean {
  const kinds = Object.keys(isRecord(volume) ? volume : {}).filter((name) => name !== "name");
  return /^(configMap|emptyDir|secret)$/.test(kinds.join());
}

const containerRules: Rules = {
  "has no image that is pinned": (container) => pinned.test(`${at(container, "image")}`),
  "may write to its root": (container) => at(container, "securityContext", "readOnlyRootFilesystem") === true,
  "may gain privileges": (container) => at(container, "securityContext", "allowPrivilegeEscalation") === false,
  "is privileged": (container) => at(container, "securityContext", "privileged") === undefined,
  "keeps capabilities": (container) =>
    JSON.stringify(at(container, "securityContext", "capabilities")) === '{"drop":["ALL"]}',
  "has no startup probe": (container) => asks(container, "startupProbe", "/readyz"),
  "has no readiness probe": (container) => asks(container, "readinessProbe", "/readyz"),
  "has no liveness probe": (container) => asks(container, "livenessProbe", "/healthz"),
  "has no limits": (container) => at(container, "resources", "limits", "memory") !== undefined,
  "does not listen on its port": (container) =>
    listAt(container, "ports").some((one) => at(one, "name") === "http" && at(one, "containerPort") === gatewayPort),
  "takes a port of the node": (container) =>
    listAt(container, "ports").every((one) => at(one, "hostPort") === undefined),
  "holds a secret": (container) =>
    listAt(container, "env").every((one) => {
      const value = at(one, "value");
      return value === undefined || !isSecret(`${at(one, "name")}`, `${value}`);
    }),
};

function asks(container: unknown, probe: string, path: string): boolean {
  return JSON.stringify(at(container, probe, "httpGet")) === JSON.stringify({ path, port: "http" });
}

function deploymentFaults(deployment: unknown): Fault[] {
  const pod = at(deployment, "spec", "template", "spec");
  const containers = [...listAt(pod, "containers"), ...listAt(pod, "initContainers")];
  const replicas = at(deployment, "spec", "replicas");
  return [
    ...(typeof replicas === "number" && replicas >= 2 ? [] : ["fewer than two replicas"]),
    ...Object.entries(podRules).flatMap(([fault, holds]) => (holds(pod) ? [] : [`the pod ${fault}`])),
    ...containers.flatMap((one) =>
      Object.entries(containerRules).flatMap(([fault, holds]) => (holds(one) ? [] : [`${at(one, "name")} ${fault}`])),
    ),
  ];
}

/** A system call that lets one process reach into another, load code into the kernel, or leave a container. */
const forbiddenCalls = [
  "bpf",
  "init_module",
  "kexec_load",
  "open_by_handle_at",
  "process_vm_writev",
  "ptrace",
  "reboot",
];
/** What bubblewrap makes a sandbox of. */
const neededCalls = ["clone", "unshare", "mount", "umount2", "pivot_root", "setns"];

/** The faults of a seccomp profile: it must let the sandbox be made, and nothing reach out of the container. */
export function seccompFaults(text: string): readonly Fault[] {
  const profile: unknown = JSON.parse(text);
  const refused = listAt(profile, "syscalls").filter((one) => at(one, "action") === "SCMP_ACT_ERRNO");
  const names = refused.flatMap((one) => listAt(one, "names"));
  const unknown = [at(profile, "defaultAction")].filter((action) => action !== "SCMP_ACT_ALLOW");
  return [
    ...unknown.map((action) => `the default is ${action}`),
    ...forbiddenCalls.filter((name) => !names.includes(name)).map((name) => `${name} is allowed`),
    ...neededCalls.filter((name) => names.includes(name)).map((name) => `${name} is refused, and the sandbox needs it`),
  ];
}

/**
 * Whatever the form: no text names an engine's socket, and no member mounts a path of the machine.
 *
 * @requirement EXE-25
 */
export function mountFaults(value: unknown): Fault[] {
  if (typeof value === "string") return namesEngineSocket(value) ? [`a container engine's socket: ${value}`] : [];
  if (Array.isArray(value)) return value.flatMap(mountFaults);
  if (!isRecord(value)) return [];
  const own = "hostPath" in value || value.type === "bind" ? ["a path of the machine is mounted"] : [];
  return [...own, ...Object.values(value).flatMap(mountFaults)];
}

function isAll(value: unknown): boolean {
  return JSON.stringify(value) === '["ALL"]';
}

function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, name) => (isRecord(inner) ? inner[name] : undefined), value);
}

function recordAt(value: unknown, ...path: readonly string[]): Readonly<Record<string, unknown>> {
  const found = at(value, ...path);
  return isRecord(found) ? found : {};
}

function listAt(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}
