import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { composeFaults, dockerfileFaults, kubernetesFaults, mountFaults, seccompFaults } from "./deploy-lint.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const textOf = (file: string) => readFileSync(join(root, file), "utf8");

/** What is changed in a file that is good, and the fault that it must be. */
type Change = readonly [from: string, to: string, fault: string];

/** The file as it ships has no fault; each change of it has just the one. */
function faultless(file: string, faults: (text: string) => readonly string[], changes: readonly Change[]) {
  it("has no fault as it ships", () => {
    expect(faults(textOf(file))).toEqual([]);
  });
  it.each(changes)("without %j, or with %j in its place: %s", (from, to, fault) => {
    const text = textOf(file);
    expect(text).toContain(from);
    expect(faults(text.replace(from, to))).toEqual([fault]);
  });
}

// @requirement EXE-19
describe("Dockerfile.gateway", () => {
  faultless("Dockerfile.gateway", dockerfileFaults, [
    ["USER 65532:65532\n", "", "a stage ends as user root"],
    ["USER 65532:65532", "USER lockkeeper", "a stage ends as user lockkeeper"],
    ["USER 65532:65532", "USER 65532:0", "a stage ends as user 65532:0"],
    ["USER 65532:65532", "USER 65532:65532\nUSER 0", "a stage ends as user 0"],
    ["USER 1000:1000", "USER root", "a stage ends as user root"],
    ["FROM node:24.21.0-bookworm-slim AS build", "FROM node:24 AS build", "image node:24 is not pinned"],
    ["FROM node:24.21.0-bookworm-slim AS build", "FROM node AS build", "image node is not pinned"],
    ["EXPOSE 5001", "EXPOSE 5002", "EXPOSE is not 5001"],
    ["HEALTHCHECK", "LABEL x=y\n#", "no HEALTHCHECK in the exec form"],
    [":5001/healthz", ":5001/", "HEALTHCHECK asks something else"],
    ['ENTRYPOINT ["node", "/app/bin/lockkeeper.js"]', "ENTRYPOINT lockkeeper", "ENTRYPOINT would go through a shell"],
    ["WORKDIR /source", "ADD https://example.com/x /x", "ADD https://example.com/x /x: COPY says what it does"],
    ["NODE_ENV=production", "API_KEY=a", "ENV API_KEY holds a secret"],
    ["NODE_ENV=production", "REDIS_URL=redis://a:b@c", "ENV REDIS_URL holds a secret"],
    ['VOLUME ["', 'VOLUME ["/run/docker.sock", "', "a container engine's socket"],
  ]);

  it("needs a stage", () => {
    expect(dockerfileFaults("# nothing\n")).toEqual(["no stage"]);
  });

  it("runs the Node that the repository brings", () => {
    expect(textOf("Dockerfile.gateway")).toContain(`FROM node:${process.versions.node}-`);
  });

  it("is given no keys, no history and nothing that was built elsewhere", () => {
    const left = textOf(".dockerignore").split("\n");
    expect(left).toEqual(expect.arrayContaining([".git", ".lockkeeper", "node_modules", "dist"]));
  });
});

/** What compose puts in from outside. */
const putIn = ["$", "{POSTGRES_PASSWORD:?set POSTGRES_PASSWORD}"].join("");

// @requirement EXE-19
describe("deploy/compose.yaml", () => {
  faultless("deploy/compose.yaml", composeFaults, [
    ['    user: "65532:65532"\n', "", "gateway: runs as root"],
    ['    user: "65532:65532"', '    user: "0"', "gateway: runs as root"],
    ["    read_only: true\n", "", "gateway: may write to its root"],
    ["    cap_drop: [ALL]\n", "", "gateway: keeps capabilities"],
    ["    cap_drop: [ALL]\n", "    cap_drop: [ALL]\n    cap_add: [SYS_ADMIN]\n", "gateway: keeps capabilities"],
    ["      - no-new-privileges:true\n", "", "gateway: may gain privileges"],
    ["    pids_limit: 512\n", "    privileged: true\n", "gateway: is privileged"],
    ["    pids_limit: 512\n", "    pid: host\n", "gateway: shares a namespace"],
    ["    pids_limit: 512\n", "    devices: [/dev/kvm]\n", "gateway: shares the machine's devices"],
    ['"127.0.0.1:5001:5001"', '"5001:5001"', "gateway: publishes something else than 5001 on loopback"],
    ["postgres:17.6-bookworm", "postgres:17", "postgres: has no image that is pinned"],
    ["postgres:17.6-bookworm", "postgres:latest", "postgres: has no image that is pinned"],
    [
      '    healthcheck:\n      test: ["CMD", "redis-cli"',
      '    labels:\n      test: ["CMD", "redis-cli"',
      "redis: has no health check",
    ],
    [`POSTGRES_PASSWORD: ${putIn}`, "POSTGRES_PASSWORD: sesame", "postgres: holds a secret"],
    [`lockkeeper:${putIn}@`, "lockkeeper:sesame@", "gateway: holds a secret"],
    ["name: lockkeeper\n", "name: lockkeeper\nname: other\n", expect.stringContaining("name")],
  ]);

  it("needs a service", () => {
    expect(composeFaults("services: {}\n")).toEqual(["no service"]);
  });
});

// @requirement EXE-19
describe("deploy/kubernetes/gateway.yaml", () => {
  faultless("deploy/kubernetes/gateway.yaml", kubernetesFaults, [
    ["replicas: 2", "replicas: 1", "fewer than two replicas"],
    ["        runAsNonRoot: true\n", "", "the pod may run as root"],
    ["runAsUser: 65532", "runAsUser: 0", "the pod runs as root"],
    ["hostUsers: false", "hostUsers: true", "the pod has the node's users"],
    [
      "type: Localhost, localhostProfile: profiles/lockkeeper.json",
      "type: Unconfined",
      "the pod has no seccomp profile",
    ],
    ["      enableServiceLinks: false\n", "      hostNetwork: true\n", "the pod shares a namespace"],
    [
      "      automountServiceAccountToken: false\n      enableServiceLinks",
      "      enableServiceLinks",
      "the pod mounts a service account's token",
    ],
    ["lockkeeper-gateway:0.3.0", "lockkeeper-gateway:latest", "gateway has no image that is pinned"],
    ["readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false", "gateway may write to its root"],
    ["allowPrivilegeEscalation: false", "allowPrivilegeEscalation: true", "gateway may gain privileges"],
    ["procMount: Unmasked", "privileged: true", "gateway is privileged"],
    ["{drop: [ALL]}", "{drop: [ALL], add: [SYS_ADMIN]}", "gateway keeps capabilities"],
    ["{drop: [ALL]}", "{drop: [NET_RAW]}", "gateway keeps capabilities"],
    ["startupProbe", "someProbe", "gateway has no startup probe"],
    ["readinessProbe", "someProbe", "gateway has no readiness probe"],
    ["path: /healthz", "path: /", "gateway has no liveness probe"],
    ["memory: 1Gi, ", "", "gateway has no limits"],
    ["containerPort: 5001}", "containerPort: 5002}", "gateway does not listen on its port"],
    ["containerPort: 9464}", "containerPort: 9464, hostPort: 9464}", "gateway takes a port of the node"],
    ["port: 5001, targetPort: http", "port: 80, targetPort: http", "no service for the port 5001"],
    [
      "          envFrom:\n",
      "          env:\n            - {name: API_KEY, value: a}\n          envFrom:\n",
      "gateway holds a secret",
    ],
    ["policyTypes: [Ingress, Egress]", "policyTypes: [Ingress]", "no network policy for both ways"],
    ["kind: NetworkPolicy", "kind: Other", "no network policy for both ways"],
    [
      "        - {port: http}\n    - from:\n",
      "        - {port: http}\n    - other:\n",
      "no network policy for both ways",
    ],
    ["      ports:\n        - {port: 5432}\n", "", "no network policy for both ways"],
    ["kind: PodDisruptionBudget", "kind: Other", "no disruption budget"],
    ["kind: ServiceAccount", "kind: Secret", "a Secret stands in the file"],
    ["replicas: 2", "replicas: &n 2", expect.stringContaining("anchor")],
  ]);

  it("needs a deployment", () => {
    expect(kubernetesFaults("kind: Pod\n")).toEqual(["no Deployment"]);
  });

  it("sets a configuration, in the image's own version of the package", () => {
    const text = textOf("deploy/kubernetes/gateway.yaml");
    expect(text).toContain("schema: lockkeeper/config/v1");
    expect(text.match(/containerPort: (\d+)/g)).toEqual(["containerPort: 5001", "containerPort: 9464"]);
  });
});

// @requirement EXE-25
describe("no manifest reaches a container engine", () => {
  const compose = (volume: string) =>
    composeFaults(textOf("deploy/compose.yaml").replace("- data:/var/lib/lockkeeper", `- ${volume}`));
  it.each([
    "/var/run/docker.sock:/var/run/docker.sock",
    "/run/podman/podman.sock:/run/engine",
    "docker.sock:/engine",
    "/srv/data:/var/lib/lockkeeper",
    "../data:/var/lib/lockkeeper",
    "~/data:/var/lib/lockkeeper",
    "{type: bind, source: /var/run, target: /engine}",
    "[other:/var/lib/lockkeeper]",
    "other:/var/lib/lockkeeper:ro",
  ])("compose: %s", (volume) => {
    expect(compose(volume)).toContain("gateway: mounts something of the machine");
  });
  it("compose: a volume of its own", () => {
    expect(compose("other:/var/lib/lockkeeper")).toEqual([]);
  });

  const kubernetes = (volume: string) =>
    kubernetesFaults(textOf("deploy/kubernetes/gateway.yaml").replace("emptyDir: {sizeLimit: 1Gi}", volume));
  it.each([
    "hostPath: {path: /var/run/docker.sock}",
    "hostPath: {path: /srv}",
    "nfs: {server: a, path: /}",
    "csi: {driver: a}",
    "csi: {driver: a}\n          emptyDir: {}",
    "emptyDir: {}\n          csi: {driver: a}",
    "projected: {}",
  ])("kubernetes: %s", (volume) => {
    expect(kubernetes(volume)).toContain("the pod mounts something of the machine");
  });
  it.each(["emptyDir: {}", "secret: {secretName: a}", "configMap: {name: a}"])(
    "kubernetes, of its own: %s",
    (volume) => {
      expect(kubernetes(volume)).toEqual([]);
    },
  );

  it.each(["docker", "containerd", "podman", "crio", "cri-dockerd", "buildkitd"])(
    "whatever names %s's socket",
    (name) => {
      const found = [`a container engine's socket: /x/${name}.sock`];
      expect(mountFaults({ a: [{ b: `/x/${name}.sock` }] })).toEqual(found);
    },
  );
  it.each(["/run/docker", "/var/run/containerd", "/run/podman/x", "/run/crio"])("whatever names %s", (path) => {
    expect(mountFaults([path])).toEqual([`a container engine's socket: ${path}`]);
  });
  it("whatever mounts a path of the machine", () => {
    const found = ["a path of the machine is mounted"];
    expect(mountFaults({ a: { hostPath: { path: "/srv" } } })).toEqual(found);
    expect(mountFaults([{ type: "bind" }])).toEqual(found);
    expect(mountFaults([{ type: "volume", path: "/run/dockerless", n: 1, none: null }])).toEqual([]);
  });
});

describe("deploy/seccomp.json", () => {
  faultless("deploy/seccomp.json", seccompFaults, [
    ["SCMP_ACT_ALLOW", "SCMP_ACT_LOG", "the default is SCMP_ACT_LOG"],
    ['"ptrace"', '"other"', "ptrace is allowed"],
    ['"vhangup"', '"unshare"', "unshare is refused, and the sandbox needs it"],
    ['"vhangup"', '"mount"', "mount is refused, and the sandbox needs it"],
  ]);
});
