import { createRequire as requireOfBundle } from 'node:module';
const require = requireOfBundle(import.meta.url);
import {
  etcdTsVersion
} from "./chunk-MHRK3JHV.js";
import {
  FailoverStreams,
  MemberClient,
  annotationKeys,
  apiVersion,
  claimName,
  clientServiceName,
  clusterKind,
  clusterPlural,
  containerName,
  contentHash,
  executeForgetLeader,
  executeMemberAction,
  failoverBounds,
  fieldManager,
  freshVolumeGate,
  labelKeys,
  maybeOrdinal,
  memberLabels,
  memberPodTemplate,
  memberSelector,
  memberVolumeClaim,
  observeMembers,
  ownerReference,
  parseEtcdCluster,
  peerServiceName,
  podHost,
  ports,
  reconcile,
  reconcileFailover
} from "./chunk-KGNJPAWS.js";
import {
  jsonLog,
  systemClock
} from "./chunk-XQSF4TJP.js";
import "./chunk-3SV2DTJL.js";
import "./chunk-SW6PLNUW.js";

// src/operator/main.ts
import { randomUUID } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { KubeConfig } from "@kubernetes/client-node";

// src/operator/config.ts
var flags = [
  {
    name: "watch-namespace",
    value: "NAMES",
    fallback: "",
    text: "namespaces to look after, separated by commas (default: all); also --namespace"
  },
  {
    name: "default-image",
    value: "IMAGE",
    fallback: "",
    text: "image of members whose cluster names none; required"
  },
  {
    name: "fast-failover",
    value: "BOOL",
    fallback: "true",
    text: "call ForgetLeader on the survivors of a dead leader (default: true)"
  },
  {
    name: "leader-elect",
    value: "BOOL",
    fallback: "false",
    text: "act only while holding the Lease; needed for more than one replica"
  },
  {
    name: "leader-election-namespace",
    value: "NAME",
    fallback: "",
    text: "namespace of the Lease (default: the operator's own)"
  },
  {
    name: "leader-election-name",
    value: "NAME",
    fallback: "etcd-ts-operator",
    text: "name of the Lease (default: etcd-ts-operator)"
  },
  {
    name: "metrics-address",
    value: "HOST:PORT",
    fallback: ":8080",
    text: "where /metrics is served (default: :8080); 0 serves none"
  },
  {
    name: "health-address",
    value: "HOST:PORT",
    fallback: ":8081",
    text: "where /healthz and /readyz are served (default: :8081); 0 serves none"
  },
  {
    name: "kubeconfig",
    value: "FILE",
    fallback: "",
    text: "default: KUBECONFIG, ~/.kube/config, or the pod's own account"
  },
  {
    name: "log-level",
    value: "LEVEL",
    fallback: "info",
    text: "debug, info, warn or error (default: info)"
  }
];
var booleanFlags = /* @__PURE__ */ new Set(["fast-failover", "leader-elect"]);
var prefix = "ETCD_TS_OPERATOR_";
var operatorUsage = `usage: etcd-ts operator [flags]

Looks after the EtcdClusters of a Kubernetes cluster: the current kubeconfig's, or the one whose pod
this is. Every flag can be given as a variable, too: --default-image as ${prefix}DEFAULT_IMAGE.

${flags.map(({ name, value, text }) => `  --${`${name} ${value}`.padEnd(32)} ${text}`).join("\n")}
`;
function parseOperatorConfig(argv, environment) {
  const values = new Map(
    flags.map(({ name, fallback }) => [name, environment[variableOf(name)] ?? fallback])
  );
  const rest = argv.flatMap((argument) => {
    const equals = argument.startsWith("--") ? argument.indexOf("=") : -1;
    return equals < 0 ? [argument] : [argument.slice(0, equals), argument.slice(equals + 1)];
  });
  for (let word = rest.shift(); word !== void 0; word = rest.shift()) {
    if (word === "-h" || word === "--help") return { kind: "help" };
    const name = word === "--namespace" ? "watch-namespace" : word.replace(/^--/, "");
    if (!word.startsWith("--") || !values.has(name)) {
      return { kind: "refused", message: `unknown argument "${word}"` };
    }
    const isBare = booleanFlags.has(name) && (rest[0] === void 0 || rest[0].startsWith("--"));
    const value = isBare ? "true" : rest.shift();
    if (value === void 0) return { kind: "refused", message: `${word} needs a value` };
    values.set(name, value);
  }
  return validated((name) => values.get(name) ?? "");
}
function validated(text) {
  const problems = [];
  const boolean = (name) => {
    const value = text(name);
    if (value !== "true" && value !== "false") problems.push(`--${name} must be true or false`);
    return value === "true";
  };
  const address = (name) => {
    const value = text(name);
    if (value === "0") return void 0;
    const parsed = parseAddress(value);
    if (parsed === void 0) problems.push(`--${name} must be HOST:PORT, :PORT or 0`);
    return parsed;
  };
  const logLevel = text("log-level");
  if (!isLogLevel(logLevel)) problems.push("--log-level must be debug, info, warn or error");
  if (text("default-image") === "") {
    problems.push("--default-image is required: which image do members run?");
  }
  const config = {
    watchNamespaces: text("watch-namespace").split(",").map(trimmed).filter(isNotEmpty),
    defaultImage: text("default-image"),
    fastFailover: boolean("fast-failover"),
    leaderElect: boolean("leader-elect"),
    leaderElectionNamespace: text("leader-election-namespace"),
    leaderElectionName: text("leader-election-name"),
    metricsAddress: address("metrics-address"),
    healthAddress: address("health-address"),
    kubeconfig: text("kubeconfig"),
    logLevel: isLogLevel(logLevel) ? logLevel : "info"
  };
  if (problems.length > 0) return { kind: "refused", message: problems.join("; ") };
  return { kind: "config", config: Object.freeze(config) };
}
function parseAddress(text) {
  const found = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]*)):(\d{1,5})$/.exec(text);
  if (found === null) return void 0;
  const port = Number(found[3]);
  return port > 65535 ? void 0 : { host: found[1] ?? found[2] ?? "", port };
}
function variableOf(name) {
  return `${prefix}${name.toUpperCase().replaceAll("-", "_")}`;
}
function isLogLevel(text) {
  return ["debug", "info", "warn", "error"].includes(text);
}
function trimmed(text) {
  return text.trim();
}
function isNotEmpty(text) {
  return text !== "";
}

// src/operator/kubernetes-client/kubernetes-client.ts
import { request as httpRequest } from "node:http";
import { Agent, request as httpsRequest } from "node:https";

// src/operator/kubernetes-client/resources.ts
var resources = Object.freeze({
  etcdCluster: namespaced(apiVersion, clusterKind, clusterPlural),
  statefulSet: namespaced("apps/v1", "StatefulSet", "statefulsets"),
  pod: namespaced("v1", "Pod", "pods"),
  volumeClaim: namespaced("v1", "PersistentVolumeClaim", "persistentvolumeclaims"),
  service: namespaced("v1", "Service", "services"),
  disruptionBudget: namespaced("policy/v1", "PodDisruptionBudget", "poddisruptionbudgets"),
  event: namespaced("events.k8s.io/v1", "Event", "events"),
  lease: namespaced("coordination.k8s.io/v1", "Lease", "leases"),
  node: { ...namespaced("v1", "Node", "nodes"), isNamespaced: false }
});
function maybeResourceOf(kind) {
  return Object.values(resources).find((resource) => resource.kind === kind);
}
function collectionPath(resource, namespace) {
  const root = resource.apiVersion.includes("/") ? "/apis/" : "/api/";
  const scope = resource.isNamespaced && namespace !== "" ? `/namespaces/${namespace}` : "";
  return `${root}${resource.apiVersion}${scope}/${resource.plural}`;
}
function objectPath(resource, { namespace, name }) {
  return `${collectionPath(resource, namespace)}/${name}`;
}
function namespaced(apiVersion2, kind, plural) {
  return { apiVersion: apiVersion2, kind, plural, isNamespaced: true };
}

// src/operator/kubernetes-client/kubernetes-client.ts
var KubernetesError = class extends Error {
  status;
  /** Kubernetes' machine-readable word, such as NotFound, AlreadyExists, Conflict, Expired. */
  reason;
  constructor(status, reason, message) {
    super(message);
    this.name = "KubernetesError";
    this.status = status;
    this.reason = reason;
  }
};
function hasStatus(error, status) {
  return error instanceof KubernetesError && error.status === status;
}
var CALL_TIMEOUT_MS = 3e4;
var WATCH_SILENCE_MS = 12e4;
var WATCH_SECONDS = 300;
var PAGE_OBJECTS = 500;
var KubernetesClient = class {
  #kubeConfig;
  #agent = new Agent({ keepAlive: true, scheduling: "fifo", maxFreeSockets: 8 });
  constructor(kubeConfig) {
    this.#kubeConfig = kubeConfig;
  }
  /** undefined when there is no such object. */
  async get(resource, name, signal) {
    try {
      return await this.#json({ method: "GET", path: objectPath(resource, name), signal });
    } catch (error) {
      if (hasStatus(error, 404)) return void 0;
      throw error;
    }
  }
  /** All pages; as of the returned version, which no write answered before the call is newer than. */
  async list(resource, namespace, labelSelector, signal) {
    const items = [];
    let next = "";
    let resourceVersion = "";
    do {
      const page = await this.#json({
        method: "GET",
        path: collectionPath(resource, namespace),
        query: {
          limit: String(PAGE_OBJECTS),
          ...labelSelector !== "" && { labelSelector },
          ...next !== "" && { continue: next }
        },
        signal
      });
      const { apiVersion: apiVersion2, kind } = resource;
      for (const item of page.items ?? []) items.push({ ...item, apiVersion: apiVersion2, kind });
      next = page.metadata?.continue ?? "";
      resourceVersion = page.metadata?.resourceVersion ?? "";
    } while (next !== "");
    return { items, resourceVersion };
  }
  /** Changes after `resourceVersion`, until the API server or the signal ends it. */
  async *watch(resource, namespace, labelSelector, resourceVersion, signal) {
    const response = await this.#send({
      method: "GET",
      path: collectionPath(resource, namespace),
      query: {
        watch: "true",
        allowWatchBookmarks: "true",
        timeoutSeconds: String(WATCH_SECONDS),
        resourceVersion,
        ...labelSelector !== "" && { labelSelector }
      },
      signal
    });
    response.setTimeout(WATCH_SILENCE_MS, () => {
      response.destroy(new Error(`watch of ${resource.plural}: nothing heard for too long`));
    });
    for await (const line of linesOf(response)) yield JSON.parse(line);
  }
  /** Server-side apply: our fields become as written, other managers' stay. Creates when missing. */
  apply(resource, object) {
    return this.#json({
      method: "PATCH",
      path: objectPath(resource, nameOf(object)),
      query: { fieldManager, force: "true" },
      body: object,
      contentType: "application/apply-patch+yaml"
    });
  }
  /** A `metadata.uid` in the patch is a precondition. */
  mergePatch(resource, name, patch, subresource = "") {
    return this.#patch(resource, name, patch, "application/merge-patch+json", subresource);
  }
  jsonPatch(resource, name, patch) {
    return this.#patch(resource, name, patch, "application/json-patch+json", "");
  }
  create(resource, object, signal) {
    return this.#json({
      method: "POST",
      path: collectionPath(resource, nameOf(object).namespace),
      query: { fieldManager },
      body: object,
      signal
    });
  }
  /** Refused with Conflict when the object has changed since its resourceVersion. */
  replace(resource, object, signal) {
    return this.#json({
      method: "PUT",
      path: objectPath(resource, nameOf(object)),
      query: { fieldManager },
      body: object,
      signal
    });
  }
  /**
   * The object as it is being deleted (it waits for a finalizer or for its pod to end), or
   * undefined when it is gone, was gone before, or has been replaced by another of its name.
   */
  async delete(resource, name, { uid, propagation = "Background" }) {
    try {
      const answer = await this.#json({
        method: "DELETE",
        path: objectPath(resource, name),
        body: { propagationPolicy: propagation, preconditions: { uid } }
      });
      return answer.kind === "Status" ? void 0 : answer;
    } catch (error) {
      if (hasStatus(error, 404) || hasStatus(error, 409)) return void 0;
      throw error;
    }
  }
  close() {
    this.#agent.destroy();
  }
  #patch(resource, name, body, contentType, subresource) {
    const path = objectPath(resource, name);
    return this.#json({
      method: "PATCH",
      path: subresource === "" ? path : `${path}/${subresource}`,
      query: { fieldManager },
      body,
      contentType
    });
  }
  async #json(call) {
    const limit = AbortSignal.timeout(CALL_TIMEOUT_MS);
    const signal = call.signal === void 0 ? limit : AbortSignal.any([call.signal, limit]);
    const response = await this.#send({ ...call, signal });
    return JSON.parse(await textOf(response));
  }
  /** The response of a call that succeeded, its body still to be read. */
  async #send(call) {
    const cluster = this.#kubeConfig.getCurrentCluster();
    if (cluster === null) throw new Error("the kubeconfig has no current cluster");
    const url = new URL(cluster.server.replace(/\/$/, "") + call.path);
    for (const [key, value] of Object.entries(call.query ?? {})) url.searchParams.set(key, value);
    const body = call.body === void 0 ? void 0 : JSON.stringify(call.body);
    const options = { method: call.method, signal: call.signal };
    await this.#kubeConfig.applyToHTTPSOptions(options);
    if (cluster.proxyUrl === void 0 && url.protocol === "https:") options.agent = this.#agent;
    options.headers = {
      ...options.headers,
      accept: "application/json",
      ...body !== void 0 && {
        "content-type": call.contentType ?? "application/json",
        "content-length": Buffer.byteLength(body)
      }
    };
    const response = await new Promise((resolve, reject) => {
      const send = url.protocol === "https:" ? httpsRequest : httpRequest;
      const request = send(url, options, resolve);
      request.on("error", reject);
      request.end(body);
    });
    const status = response.statusCode ?? 0;
    if (status >= 200 && status < 300) return response;
    throw errorOf(status, await textOf(response));
  }
};
function errorOf(status, body) {
  try {
    const { reason, message } = JSON.parse(body);
    return new KubernetesError(status, reason ?? "", message ?? body);
  } catch {
    return new KubernetesError(status, "", `HTTP ${status}: ${body.slice(0, 500)}`);
  }
}
async function textOf(response) {
  const chunks = [];
  for await (const chunk of response) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}
async function* linesOf(response) {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of response) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line !== "") yield line;
  }
}
function nameOf(object) {
  return { namespace: object.metadata?.namespace ?? "", name: object.metadata?.name ?? "" };
}

// src/operator/resources/member-stateful-set.ts
function memberStatefulSet(cluster, plan) {
  return {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: {
      name: plan.name,
      namespace: cluster.metadata.namespace,
      labels: memberLabels(cluster, plan.name),
      annotations: {
        [annotationKeys.templateHash]: plan.templateHash,
        [annotationKeys.ordinal]: String(plan.ordinal),
        [annotationKeys.initialCluster]: initialClusterText(plan.birth),
        [annotationKeys.initialClusterState]: plan.birth.initialClusterState,
        [annotationKeys.initialClusterToken]: plan.birth.initialClusterToken,
        [annotationKeys.volumeId]: plan.volumeId
      },
      ownerReferences: [ownerReference(cluster)]
    },
    spec: {
      replicas: 1,
      serviceName: peerServiceName(cluster),
      // OrderedReady would wait for a broken pod to become ready before replacing it.
      podManagementPolicy: "Parallel",
      updateStrategy: { type: "RollingUpdate" },
      revisionHistoryLimit: 3,
      selector: { matchLabels: { ...memberSelector(cluster, plan.name) } },
      template: memberPodTemplate(cluster, plan)
    }
  };
}
function initialClusterText(birth) {
  return birth.initialCluster.map(({ name, peerUrl }) => `${name}=${peerUrl}`).join(",");
}
function parseInitialCluster(text) {
  return text.split(",").filter((pair) => pair.includes("=")).map((pair) => {
    const equals = pair.indexOf("=");
    return { name: pair.slice(0, equals), peerUrl: pair.slice(equals + 1) };
  });
}

// src/operator/reconcile/read-objects.ts
function belongsTo(cluster, object) {
  return object.metadata?.labels?.[labelKeys.clusterUid] === cluster.metadata.uid;
}
function readObject(object) {
  return {
    kind: object.kind ?? "",
    name: object.metadata?.name ?? "",
    uid: object.metadata?.uid ?? "",
    hash: object.metadata?.annotations?.[annotationKeys.hash] ?? "",
    isBeingDeleted: object.metadata?.deletionTimestamp !== void 0
  };
}
function readWorkload(statefulSet) {
  const { metadata } = statefulSet;
  const annotations = metadata?.annotations ?? {};
  const state = annotations[annotationKeys.initialClusterState];
  return {
    memberName: metadata?.name ?? "",
    uid: metadata?.uid ?? "",
    ordinal: Number(annotations[annotationKeys.ordinal] ?? 0),
    birth: {
      initialCluster: parseInitialCluster(annotations[annotationKeys.initialCluster] ?? ""),
      initialClusterState: state === "new" ? "new" : "existing",
      initialClusterToken: annotations[annotationKeys.initialClusterToken] ?? ""
    },
    templateHash: annotations[annotationKeys.templateHash] ?? "",
    volumeId: annotations[annotationKeys.volumeId] ?? "",
    isBeingDeleted: metadata?.deletionTimestamp !== void 0
  };
}
function readVolume(claim) {
  const labels = claim.metadata?.labels ?? {};
  const phase = claim.status?.phase;
  const isDeleting = claim.metadata?.deletionTimestamp !== void 0;
  return {
    memberName: labels[labelKeys.member] ?? "",
    name: claim.metadata?.name ?? "",
    id: claim.metadata?.uid ?? "",
    state: isDeleting ? "deleting" : phase === "Lost" ? "lost" : phase === "Bound" ? "bound" : "pending",
    isRetained: labels[labelKeys.retained] === "true",
    hash: claim.metadata?.annotations?.[annotationKeys.hash] ?? ""
  };
}
function readMemoryVolume(pod) {
  return {
    memberName: pod.metadata?.labels?.[labelKeys.member] ?? "",
    name: pod.metadata?.name ?? "",
    id: pod.metadata?.uid ?? "",
    state: pod.metadata?.deletionTimestamp === void 0 ? "bound" : "deleting",
    isRetained: false,
    hash: ""
  };
}
function readInstance(pod, isNodeGone2) {
  const status = pod.status?.containerStatuses?.find(({ name }) => name === containerName);
  return {
    memberName: pod.metadata?.labels?.[labelKeys.member] ?? "",
    uid: pod.metadata?.uid ?? "",
    name: pod.metadata?.name ?? "",
    templateHash: pod.metadata?.annotations?.[annotationKeys.templateHash] ?? "",
    isReady: pod.status?.conditions?.some(({ type, status: status2 }) => type === "Ready" && status2 === "True") === true,
    container: readContainer(pod, status?.state),
    restartCount: status?.restartCount ?? 0,
    isGated: pod.spec?.schedulingGates?.some(({ name }) => name === freshVolumeGate) === true,
    isBeingDeleted: pod.metadata?.deletionTimestamp !== void 0,
    nodeName: pod.spec?.nodeName ?? "",
    isNodeGone: isNodeGone2
  };
}
function readContainer(pod, state) {
  if (state?.running !== void 0) {
    return { state: "running", startedMs: toMs(state.running.startedAt) };
  }
  if (state?.terminated !== void 0) {
    const { reason: reason2, exitCode } = state.terminated;
    return { state: "terminated", reason: reason2 ?? "", exitCode };
  }
  const phase = pod.status?.phase;
  if (phase === "Failed" || phase === "Succeeded") {
    return { state: "terminated", reason: pod.status?.reason ?? phase, exitCode: -1 };
  }
  const unscheduled = pod.status?.conditions?.find(({ type }) => type === "PodScheduled");
  const reason = state?.waiting?.reason ?? unscheduled?.reason ?? phase ?? "Pending";
  return { state: "waiting", reason };
}
function toMs(time) {
  return time === void 0 ? 0 : new Date(time).getTime();
}

// src/operator/execute/kubernetes-actions.ts
var KubernetesActions = class {
  #writer;
  #witness;
  constructor(writer, witness) {
    this.#writer = writer;
    this.#witness = witness;
  }
  execute(cluster, action) {
    switch (action.kind) {
      case "apply-object":
        return this.#applyObject(cluster, action.object);
      case "ensure-volume":
        return this.#ensureVolume(cluster, action.volume);
      case "retain-volume":
        return this.#retainVolume(cluster, action.memberName, action.volumeId);
      case "delete-volume":
        return this.#deleteVolume(cluster, action.memberName, action.volumeId);
      case "ensure-member":
        return this.#ensureMember(cluster, action.member);
      case "delete-member": {
        const name = { namespace: cluster.metadata.namespace, name: action.memberName };
        return this.#delete(resources.statefulSet, name, action.uid);
      }
      case "record-volume":
        return this.#recordVolume(cluster, action.memberName, action.volumeId);
      case "start-instance":
        return this.#startInstance(cluster, action.instanceName, action.instanceUid);
    }
  }
  async #applyObject(cluster, object) {
    const resource = maybeResourceOf(object.kind ?? "");
    if (resource === void 0) throw new Error(`no resource is known for ${object.kind}`);
    await this.#apply(cluster, resource, object);
  }
  async #ensureVolume(cluster, plan) {
    const claim = memberVolumeClaim(cluster, plan);
    await this.#apply(cluster, resources.volumeClaim, claim);
  }
  async #ensureMember(cluster, plan) {
    const statefulSet = memberStatefulSet(cluster, plan);
    await this.#apply(cluster, resources.statefulSet, statefulSet);
  }
  /** No owner any more, so deleting the cluster leaves it; the label keeps it from being used. */
  async #retainVolume(cluster, member, uid) {
    const name = volumeName(cluster, member);
    const labels = { [labelKeys.retained]: "true" };
    const patch = { metadata: { uid, labels, ownerReferences: null } };
    await this.#patchOrGone(resources.volumeClaim, name, patch, uid);
  }
  async #deleteVolume(cluster, member, uid) {
    if (cluster.spec.storageSpec.medium === "Memory") return;
    await this.#delete(resources.volumeClaim, volumeName(cluster, member), uid);
  }
  async #recordVolume(cluster, member, volumeId) {
    const name = { namespace: cluster.metadata.namespace, name: member };
    const uid = this.#witness.known(resources.statefulSet, name)?.metadata?.uid;
    if (uid === void 0) throw new Error(`StatefulSet ${member} is gone`);
    const annotations = { [annotationKeys.volumeId]: volumeId };
    await this.#patchOrGone(resources.statefulSet, name, { metadata: { uid, annotations } }, uid);
  }
  /** Takes our gate off the pod; the tests make sure that it is this pod and this gate. */
  async #startInstance(cluster, pod, uid) {
    const name = { namespace: cluster.metadata.namespace, name: pod };
    const known = this.#witness.known(resources.pod, name);
    const gates = known?.spec?.schedulingGates ?? [];
    const at = gates.findIndex((gate) => gate.name === freshVolumeGate);
    if (known?.metadata?.uid !== uid || at < 0) return;
    const path = `/spec/schedulingGates/${at}`;
    try {
      const written = await this.#writer.jsonPatch(resources.pod, name, [
        { op: "test", path: "/metadata/uid", value: uid },
        { op: "test", path: `${path}/name`, value: freshVolumeGate },
        { op: "remove", path }
      ]);
      this.#witness.written(resources.pod, written);
    } catch (error) {
      if (!hasStatus(error, 404)) throw error;
      this.#witness.deleted(resources.pod, name, uid, void 0);
    }
  }
  /**
   * Server-side apply of one of our objects. A stranger's object of the same name is never taken
   * over: forcing our fields onto it would be silent.
   */
  async #apply(cluster, resource, object) {
    const name = nameOf(object);
    const present = this.#witness.known(resource, name) ?? await this.#writer.get(resource, name);
    if (present !== void 0 && !belongsTo(cluster, present)) {
      throw new Error(
        `${resource.kind} ${name.name} exists and does not belong to this EtcdCluster`
      );
    }
    const uid = present?.metadata?.uid;
    const wanted = uid === void 0 ? object : { ...object, metadata: { ...object.metadata, uid } };
    this.#witness.written(resource, await this.#writer.apply(resource, wanted));
  }
  async #delete(resource, name, uid) {
    const left = await this.#writer.delete(resource, name, { uid });
    this.#witness.deleted(resource, name, uid, left);
  }
  async #patchOrGone(resource, name, patch, uid) {
    try {
      this.#witness.written(resource, await this.#writer.mergePatch(resource, name, patch));
    } catch (error) {
      if (!hasStatus(error, 404)) throw error;
      this.#witness.deleted(resource, name, uid, void 0);
    }
  }
};
function volumeName(cluster, member) {
  return { namespace: cluster.metadata.namespace, name: claimName(member) };
}

// src/operator/execute/status-writer.ts
var FIGURES_MS = 1e4;
function isWorthWriting(stored, next, sinceLastWriteMs) {
  if (stored === void 0) return true;
  if (contentHash(stored) === contentHash(next)) return false;
  return sinceLastWriteMs >= FIGURES_MS || withoutFigures(stored) !== withoutFigures(next);
}
function withoutFigures(status) {
  const members = status.members.map((member) => ({
    ...member,
    revision: 0,
    raftIndex: 0,
    raftAppliedIndex: 0,
    dbSize: 0,
    dbSizeInUse: 0
  }));
  return contentHash({ ...status, members });
}
async function writeStatus(client, cluster, status) {
  const { namespace, name, uid } = cluster.metadata;
  const whole = { ...status, failover: status.failover ?? null };
  const patch = { metadata: { uid }, status: whole };
  try {
    return await client.mergePatch(resources.etcdCluster, { namespace, name }, patch, "status");
  } catch (error) {
    if (hasStatus(error, 404) || hasStatus(error, 409)) return void 0;
    throw error;
  }
}

// src/operator/observe/observe-kubernetes.ts
function observeObjects(cluster, found) {
  const pods = found.pods.filter((pod) => isMember(cluster, pod));
  const claims = found.volumeClaims.filter((claim) => isMember(cluster, claim));
  const isMemory = cluster.spec.storageSpec.medium === "Memory";
  return {
    objects: found.others.filter((one) => belongsTo(cluster, one)).map(readObject),
    workloads: found.statefulSets.filter((one) => isMember(cluster, one)).map(readWorkload),
    volumes: [...claims.map(readVolume), ...isMemory ? pods.map(readMemoryVolume) : []],
    instances: instancesOf(cluster, found.pods, found.nodeNames),
    takenNames: takenNames(cluster, found)
  };
}
function instancesOf(cluster, pods, nodeNames) {
  return pods.filter((pod) => isMember(cluster, pod)).map((pod) => readInstance(pod, isNodeGone(pod, nodeNames)));
}
function remainsOf(cluster, found) {
  const all = [...found.statefulSets, ...found.pods, ...found.volumeClaims, ...found.others];
  return all.filter((object) => {
    if (belongsTo(cluster, object) || !hasClusterLabel(cluster, object)) return false;
    const isOwned = (object.metadata?.ownerReferences ?? []).length > 0;
    return isOwned || object.metadata?.deletionTimestamp !== void 0;
  });
}
function streamTargets(cluster, found, before) {
  const targets = /* @__PURE__ */ new Map();
  for (const { metadata } of found.statefulSets.filter((one) => isMember(cluster, one))) {
    const memberName = metadata?.name ?? "";
    const last = before.find((target) => target.memberName === memberName);
    if (last !== void 0) targets.set(memberName, last);
  }
  const pods = found.pods.filter((pod) => isMember(cluster, pod));
  pods.sort((a, b) => Number(isLeaving(b)) - Number(isLeaving(a)));
  for (const pod of pods) {
    const memberName = pod.metadata?.labels?.[labelKeys.member] ?? "";
    const endpoint = clientEndpoint(pod);
    if (endpoint === void 0) continue;
    targets.set(memberName, { memberName, instanceUid: pod.metadata?.uid ?? "", endpoint });
  }
  return [...targets.values()];
}
function clientEndpoint(pod) {
  const address = pod.status?.podIP;
  if (address === void 0 || address === "") return void 0;
  return `http://${address.includes(":") ? `[${address}]` : address}:${ports.client}`;
}
function isMember(cluster, object) {
  return belongsTo(cluster, object) && object.metadata?.labels?.[labelKeys.member] !== void 0;
}
function hasClusterLabel(cluster, object) {
  return object.metadata?.labels?.[labelKeys.cluster] === cluster.metadata.name;
}
function isLeaving(pod) {
  return pod.metadata?.deletionTimestamp !== void 0;
}
function isNodeGone(pod, nodeNames) {
  const nodeName = pod.spec?.nodeName ?? "";
  return nodeNames !== void 0 && nodeName !== "" && !nodeNames.has(nodeName);
}
function takenNames(cluster, found) {
  const taken = /* @__PURE__ */ new Set();
  for (const object of [...found.statefulSets, ...found.volumeClaims]) {
    if (belongsTo(cluster, object)) continue;
    const name = object.metadata?.name ?? "";
    const member = object.metadata?.labels?.[labelKeys.member] ?? "";
    for (const candidate of [name, member]) {
      if (maybeOrdinal(cluster, candidate) !== void 0) taken.add(candidate);
    }
  }
  return [...taken].sort();
}

// src/operator/controller/object-cache.ts
var TOMBSTONES_MAX = 4096;
var ObjectCache = class {
  #objects = /* @__PURE__ */ new Map();
  #deletedUids = /* @__PURE__ */ new Set();
  #onChange;
  constructor(onChange) {
    this.#onChange = onChange;
  }
  get(namespace, name) {
    return this.#objects.get(`${namespace}/${name}`);
  }
  values() {
    return this.#objects.values();
  }
  inNamespace(namespace) {
    return [...this.#objects.values()].filter((one) => one.metadata?.namespace === namespace);
  }
  /** An object as a watch event or the answer to a write shows it. */
  put(object) {
    if (this.#deletedUids.has(object.metadata?.uid ?? "")) return;
    const key = keyOf(object);
    const before = this.#objects.get(key);
    if (before !== void 0 && isOlder(object, before)) return;
    if (object.metadata?.managedFields !== void 0) delete object.metadata.managedFields;
    this.#objects.set(key, object);
    if (before?.metadata?.resourceVersion !== object.metadata?.resourceVersion) {
      this.#onChange({ before, after: object });
    }
  }
  /** Gone for good. */
  remove(namespace, name, uid) {
    this.#bury(uid);
    const key = `${namespace}/${name}`;
    const before = this.#objects.get(key);
    if (before === void 0 || before.metadata?.uid !== uid) return;
    this.#objects.delete(key);
    this.#onChange({ before, after: void 0 });
  }
  /** A whole list: what it does not name has gone, unless it was written after the list was made. */
  replaceAll(items, resourceVersion) {
    const listed = new Set(items.map(keyOf));
    for (const object of [...this.#objects.values()]) {
      if (listed.has(keyOf(object)) || versionOf(object) > numberOf(resourceVersion)) continue;
      const { namespace = "", name = "", uid = "" } = object.metadata ?? {};
      this.remove(namespace, name, uid);
    }
    for (const item of items) this.put(item);
  }
  #bury(uid) {
    this.#deletedUids.add(uid);
    const [oldest] = this.#deletedUids;
    if (this.#deletedUids.size > TOMBSTONES_MAX && oldest !== void 0) {
      this.#deletedUids.delete(oldest);
    }
  }
};
function keyOf(object) {
  return `${object.metadata?.namespace ?? ""}/${object.metadata?.name ?? ""}`;
}
function isOlder(object, than) {
  return versionOf(object) < versionOf(than);
}
function versionOf(object) {
  return numberOf(object.metadata?.resourceVersion ?? "");
}
function numberOf(resourceVersion) {
  return /^\d+$/.test(resourceVersion) ? BigInt(resourceVersion) : 0n;
}

// src/operator/controller/informers.ts
var RETRY_MS = { first: 200, longest: 1e4 };
var REFUSED_RETRY_MS = 3e5;
var WATCH_MS_MIN = 1e3;
var RESYNC_MS = 6e5;
var Informer = class {
  cache;
  #options;
  #client;
  #clock;
  #log;
  #sources;
  #onSynced = () => {
  };
  constructor(options, client, clock, log, onChange) {
    this.#options = options;
    this.#client = client;
    this.#clock = clock;
    this.#log = log;
    const namespaces = options.namespaces.length === 0 ? [""] : options.namespaces;
    this.#sources = (options.resource.isNamespaced ? namespaces : [""]).map((namespace) => ({
      namespace,
      isSynced: false,
      isRefused: false
    }));
    this.cache = new ObjectCache(onChange);
  }
  /** Every source has been listed once, or was refused and is optional. */
  get isSynced() {
    return this.#sources.every(({ isSynced, isRefused }) => isSynced || isRefused);
  }
  get isAllowed() {
    return this.#sources.every(({ isSynced }) => isSynced);
  }
  /** Resolves when all sources are synced. The sources go on until the signal is aborted. */
  start(signal) {
    const synced = new Promise((resolve) => {
      this.#onSynced = () => {
        if (this.isSynced) resolve();
      };
    });
    for (const source of this.#sources) void this.#follow(source, signal);
    return synced;
  }
  async #follow(source, signal) {
    let waitMs = RETRY_MS.first;
    while (!signal.aborted) {
      try {
        await this.#listAndWatch(source, signal, () => {
          waitMs = RETRY_MS.first;
        });
      } catch (error) {
        if (signal.aborted) return;
        const pauseMs = this.#handle(source, error, waitMs);
        waitMs = Math.min(2 * waitMs, RETRY_MS.longest);
        await this.#clock.after(pauseMs, signal).catch(() => void 0);
      }
    }
  }
  /** Returns when the list is to be made anew; throws what went wrong. */
  async #listAndWatch(source, signal, onProgress) {
    const { resource, labelSelector } = this.#options;
    const { namespace } = source;
    const list = await this.#client.list(resource, namespace, labelSelector, signal);
    const listedMs = this.#clock.monotonicMs();
    this.#replaceNamespace(namespace, list);
    source.isSynced = true;
    source.isRefused = false;
    this.#onSynced();
    let version = list.resourceVersion;
    while (!signal.aborted && this.#clock.monotonicMs() - listedMs < RESYNC_MS) {
      const startedMs = this.#clock.monotonicMs();
      const events = this.#client.watch(resource, namespace, labelSelector, version, signal);
      for await (const event of events) {
        if (event.type === "ERROR") throw watchError(event.object);
        version = event.object.metadata?.resourceVersion ?? version;
        this.#take(event.type, event.object);
        onProgress();
      }
      const lastedMs = this.#clock.monotonicMs() - startedMs;
      if (lastedMs < WATCH_MS_MIN) await this.#clock.after(WATCH_MS_MIN - lastedMs, signal);
    }
  }
  #take(type, object) {
    if (type === "BOOKMARK") return;
    const { namespace = "", name = "", uid = "" } = object.metadata ?? {};
    if (type === "DELETED") this.cache.remove(namespace, name, uid);
    else this.cache.put(object);
  }
  /** A namespaced source speaks for its namespace only. */
  #replaceNamespace(namespace, list) {
    if (namespace === "") {
      this.cache.replaceAll(list.items, list.resourceVersion);
      return;
    }
    const others = [...this.cache.values()].filter((one) => one.metadata?.namespace !== namespace);
    this.cache.replaceAll([...others, ...list.items], list.resourceVersion);
  }
  #handle(source, error, waitMs) {
    const { resource, isOptional } = this.#options;
    const status = error instanceof KubernetesError ? error.status : 0;
    if (status === 410) return 0;
    if (isOptional && (status === 403 || status === 404)) {
      if (!source.isRefused) {
        this.#log.info("an optional resource may not be read", { resource: resource.plural });
      }
      source.isRefused = true;
      source.isSynced = false;
      this.#onSynced();
      return REFUSED_RETRY_MS;
    }
    this.#log.warn("list or watch failed; trying again", { resource: resource.plural, error });
    return waitMs;
  }
};
function watchError(status) {
  return new KubernetesError(status.code ?? 0, "", status.message ?? "the watch reported an error");
}

// src/operator/controller/cluster-caches.ts
var ClusterCaches = class {
  #onChange;
  #clusters;
  #statefulSets;
  #pods;
  #volumeClaims;
  #services;
  #budgets;
  #nodes;
  #byPlural;
  constructor(options) {
    this.#onChange = options.onChange;
    const child = (change) => this.#childChanged(change);
    this.#clusters = informerOf(options, resources.etcdCluster, "", (change) => {
      if (isMoreThanStatus(change)) this.#onChange(keyOf2(change.after ?? change.before));
    });
    const ours = labelKeys.cluster;
    this.#statefulSets = informerOf(options, resources.statefulSet, ours, child);
    this.#pods = informerOf(options, resources.pod, ours, child);
    this.#volumeClaims = informerOf(
      options,
      resources.volumeClaim,
      ours,
      child
    );
    this.#services = informerOf(options, resources.service, ours, child);
    this.#budgets = informerOf(options, resources.disruptionBudget, ours, child);
    this.#nodes = informerOf(options, resources.node, "", (change) => this.#nodeChanged(change));
    this.#byPlural = /* @__PURE__ */ new Map([
      [resources.etcdCluster.plural, this.#clusters],
      [resources.statefulSet.plural, this.#statefulSets],
      [resources.pod.plural, this.#pods],
      [resources.volumeClaim.plural, this.#volumeClaims],
      [resources.service.plural, this.#services],
      [resources.disruptionBudget.plural, this.#budgets],
      [resources.node.plural, this.#nodes]
    ]);
  }
  get isSynced() {
    return [...this.#byPlural.values()].every((informer) => informer.isSynced);
  }
  /** Resolves when everything has been listed once. */
  async start(signal) {
    await Promise.all([...this.#byPlural.values()].map((informer) => informer.start(signal)));
  }
  /** The EtcdCluster as the API server has it. */
  cluster(key) {
    const [namespace = "", name = ""] = key.split("/");
    return this.#clusters.cache.get(namespace, name);
  }
  keys() {
    return [...this.#clusters.cache.values()].map(keyOf2);
  }
  /** Everything with the cluster's label in its namespace, also what belongs to an earlier one. */
  objectsOf({ metadata: { namespace, name } }) {
    const labelled = (informer) => informer.cache.inNamespace(namespace).filter((one) => one.metadata?.labels?.[labelKeys.cluster] === name);
    return {
      statefulSets: labelled(this.#statefulSets),
      pods: labelled(this.#pods),
      volumeClaims: labelled(this.#volumeClaims),
      others: [...labelled(this.#services), ...labelled(this.#budgets)],
      nodeNames: this.#nodeNames()
    };
  }
  known({ plural }, { namespace, name }) {
    return this.#byPlural.get(plural)?.cache.get(namespace, name);
  }
  written({ plural }, object) {
    this.#byPlural.get(plural)?.cache.put(object);
  }
  deleted(resource, { namespace, name }, uid, left) {
    if (left === void 0) this.#byPlural.get(resource.plural)?.cache.remove(namespace, name, uid);
    else this.written(resource, left);
  }
  #nodeNames() {
    if (!this.#nodes.isAllowed) return void 0;
    return new Set([...this.#nodes.cache.values()].map((node) => node.metadata?.name ?? ""));
  }
  #childChanged({ before, after }) {
    const metadata = (after ?? before)?.metadata;
    const cluster = metadata?.labels?.[labelKeys.cluster] ?? before?.metadata?.labels?.[labelKeys.cluster];
    if (cluster !== void 0) this.#onChange(`${metadata?.namespace ?? ""}/${cluster}`);
  }
  /** Heartbeats change nodes all the time; only their coming and going matters. */
  #nodeChanged({ before, after }) {
    if (before !== void 0 && after !== void 0) return;
    for (const key of this.keys()) this.#onChange(key);
  }
};
function informerOf({ namespaces, client, clock, log }, resource, labelSelector, onChange) {
  const isOptional = resource === resources.node;
  const options = { resource, namespaces, labelSelector, isOptional };
  return new Informer(options, client, clock, log, onChange);
}
function isMoreThanStatus({ before, after }) {
  if (before === void 0 || after === void 0) return true;
  const facts = ({ metadata }) => JSON.stringify([
    metadata?.uid,
    metadata?.generation,
    metadata?.deletionTimestamp,
    metadata?.annotations
  ]);
  return facts(before) !== facts(after);
}
function keyOf2(object) {
  return `${object?.metadata?.namespace ?? ""}/${object?.metadata?.name ?? ""}`;
}

// src/operator/observe/member-connections.ts
var MemberConnections = class {
  #streams;
  #clients = /* @__PURE__ */ new Map();
  #targets = [];
  #views = [];
  constructor(clock, onChange) {
    this.#streams = new FailoverStreams(clock, (endpoint) => new MemberClient(endpoint), onChange);
  }
  get targets() {
    return this.#targets;
  }
  /** What every member said when it was last asked. */
  get views() {
    return this.#views;
  }
  streams() {
    return this.#streams.observed();
  }
  setTargets(targets) {
    this.#targets = targets;
    this.#streams.setTargets(targets);
    for (const [name, client] of this.#clients) {
      if (targets.some((one) => one.memberName === name && one.endpoint === client.endpoint)) {
        continue;
      }
      client.close();
      this.#clients.delete(name);
    }
  }
  /** undefined while the member has no address. */
  clientOf = (memberName) => {
    const target = this.#targets.find((one) => one.memberName === memberName);
    if (target === void 0) return void 0;
    const known = this.#clients.get(memberName);
    if (known !== void 0) return known;
    const client = new MemberClient(target.endpoint);
    this.#clients.set(memberName, client);
    return client;
  };
  /**
   * Asks the members whose process runs, of instances with these UIDs; the others have no view. An
   * address whose pod has gone answers nothing at all, so asking there would hold up every pass.
   */
  async refreshViews(runningUids) {
    const members = this.#targets.flatMap(({ memberName, instanceUid }) => {
      const client = runningUids.has(instanceUid) ? this.clientOf(memberName) : void 0;
      return client === void 0 ? [] : [{ memberName, client }];
    });
    this.#views = await observeMembers(members);
  }
  close() {
    this.#streams.close();
    for (const client of this.#clients.values()) client.close();
    this.#clients.clear();
  }
};

// src/operator/controller/tended-cluster.ts
var ELECTION_MS_MAX = 6e4;
var TendedCluster = class {
  uid;
  connections;
  #clock;
  #log;
  #onElected;
  cluster;
  statusWrittenMs = -Infinity;
  #failovers = [];
  #isFailingOver = false;
  #awaited;
  constructor(cluster, clock, log, onChange, onElected) {
    this.uid = cluster.metadata.uid;
    this.cluster = cluster;
    this.#clock = clock;
    this.#log = log;
    this.#onElected = onElected;
    this.connections = new MemberConnections(clock, () => {
      this.#noticeElection();
      onChange();
    });
  }
  get isFailingOver() {
    return this.#isFailingOver;
  }
  follow(found) {
    const targets = streamTargets(this.cluster, found, this.connections.targets);
    this.connections.setTargets(targets);
  }
  /** Asks the members that run for their views, all at once. */
  async refreshViews(found) {
    const running = instancesOf(this.cluster, found.pods, void 0).filter(
      ({ container }) => container.state === "running"
    );
    await this.connections.refreshViews(new Set(running.map(({ uid }) => uid)));
  }
  observe(found) {
    return { ...observeObjects(this.cluster, found), ...this.#memory() };
  }
  /** Only what a failover looks at: the views of the last pass, streams and pods as they are now. */
  observeForFailover(found) {
    const instances = instancesOf(this.cluster, found.pods, found.nodeNames);
    const objects = { objects: [], workloads: [], volumes: [], takenNames: [], instances };
    return { ...objects, ...this.#memory() };
  }
  /** A leader may be dead or silent; anything else need not be looked at between passes. */
  get isUneasy() {
    const nowMs = this.#clock.wallMs();
    return this.connections.streams().some(({ state, last }) => {
      if (last === void 0) return false;
      if (state.kind !== "connected" || last.leader === 0n) return true;
      return last.millisSinceLeaderHeard + nowMs - last.receivedMs > uneasyMs;
    });
  }
  /**
   * Remembered whatever comes of it, and from the moment it begins: the rate limit counts attempts.
   * Resolves to whether the candidate was asked to stand for election.
   */
  async forgetLeader(action) {
    if (this.#isFailingOver) return false;
    this.#isFailingOver = true;
    const { leaderId: leader, term, candidate, evidence } = action;
    const record = { atMs: this.#clock.wallMs(), leader, term, candidate, evidence };
    this.#failovers = [...this.#failovers, record].slice(-failoverBounds.recordsMax);
    if (this.#awaited?.leader !== leader || this.#awaited.term !== term) {
      this.#awaited = { leader, term, sinceMs: this.#evidenceMs(leader) };
    }
    try {
      const { campaigned } = await executeForgetLeader(
        action,
        this.connections.clientOf,
        this.#log
      );
      return campaigned;
    } finally {
      this.#isFailingOver = false;
    }
  }
  close() {
    this.connections.close();
  }
  #memory() {
    const { views } = this.connections;
    return { views, streams: this.connections.streams(), failovers: this.#failovers };
  }
  /** When the leader's stream broke, or now when it only went silent. */
  #evidenceMs(leader) {
    const stream = this.connections.streams().find(({ last }) => last?.memberId === leader);
    return stream?.state.kind === "broken" ? stream.state.sinceMs : this.#clock.wallMs();
  }
  #noticeElection() {
    const awaited = this.#awaited;
    if (awaited === void 0) return;
    const nowMs = this.#clock.wallMs();
    const elected = this.connections.streams().some(({ last }) => last !== void 0 && last.leader !== 0n && last.term > awaited.term);
    if (!elected && nowMs - awaited.sinceMs < ELECTION_MS_MAX) return;
    this.#awaited = void 0;
    if (elected) this.#onElected(Math.max(0, nowMs - awaited.sinceMs) / 1e3);
  }
};
var uneasyMs = 250;

// src/operator/controller/work-queue.ts
var WorkQueue = class {
  #options;
  #clock;
  #work;
  #onError;
  #entries = /* @__PURE__ */ new Map();
  #waiting = [];
  #running = 0;
  #closed = false;
  #onIdle = () => {
  };
  constructor(options, clock, work, onError) {
    this.#options = options;
    this.#clock = clock;
    this.#work = work;
    this.#onError = onError;
  }
  /** Keys that wait for a worker now. */
  get depth() {
    return this.#waiting.length;
  }
  add(key) {
    if (this.#closed) return;
    const entry = this.#entryOf(key);
    this.#disarm(entry);
    if (entry.isWanted) return;
    entry.isWanted = true;
    if (entry.isRunning) return;
    this.#waiting.push(key);
    this.#dispatch();
  }
  /** Adds the key after `ms`; of several such calls the earliest counts. */
  addAfter(key, ms) {
    if (this.#closed) return;
    if (ms <= 0) {
      this.add(key);
      return;
    }
    const entry = this.#entryOf(key);
    const dueMs = this.#clock.monotonicMs() + ms;
    if (entry.isWanted || entry.timer !== void 0 && entry.dueMs <= dueMs) return;
    this.#disarm(entry);
    const timer = new AbortController();
    entry.timer = timer;
    entry.dueMs = dueMs;
    this.#clock.after(ms, timer.signal).then(
      () => {
        if (entry.timer === timer) this.add(key);
      },
      () => void 0
    );
  }
  /** No key is started any more; resolves when those at work have ended. */
  async close() {
    this.#closed = true;
    this.#waiting.length = 0;
    for (const entry of this.#entries.values()) this.#disarm(entry);
    if (this.#running === 0) return;
    await new Promise((resolve) => {
      this.#onIdle = resolve;
    });
  }
  #dispatch() {
    while (this.#running < this.#options.workersMax) {
      const key = this.#waiting.shift();
      if (key === void 0) return;
      this.#running += 1;
      const entry = this.#entryOf(key);
      entry.isRunning = true;
      entry.isWanted = false;
      void this.#run(key, entry);
    }
  }
  async #run(key, entry) {
    let againAfterMs;
    try {
      ({ againAfterMs } = await this.#work(key));
      entry.failures = 0;
    } catch (error) {
      againAfterMs = this.#retryMs(entry.failures);
      entry.failures += 1;
      this.#onError(key, error);
    }
    entry.isRunning = false;
    this.#running -= 1;
    if (this.#closed) {
      if (this.#running === 0) this.#onIdle();
      return;
    }
    if (entry.isWanted) this.#waiting.push(key);
    else if (againAfterMs !== void 0) this.addAfter(key, againAfterMs);
    else if (entry.timer === void 0) this.#entries.delete(key);
    this.#dispatch();
  }
  #retryMs(failures) {
    const { first, longest } = this.#options.retryMs;
    return Math.min(first * 2 ** Math.min(failures, 30), longest);
  }
  #entryOf(key) {
    const known = this.#entries.get(key);
    if (known !== void 0) return known;
    const entry = {
      isRunning: false,
      isWanted: false,
      failures: 0,
      timer: void 0,
      dueMs: 0
    };
    this.#entries.set(key, entry);
    return entry;
  }
  #disarm(entry) {
    entry.timer?.abort();
    entry.timer = void 0;
  }
};

// src/operator/controller/controller.ts
var WORKERS_MAX = 8;
var RETRY_MS2 = { first: 250, longest: 3e4 };
var AFTER_ACTION_MS = 50;
var VIGIL_MS = 100;
var NOT_YET_MS = 500;
var REMAINS_MS = 1e3;
var Controller = class {
  #options;
  #caches;
  #actions;
  #queue;
  #tended = /* @__PURE__ */ new Map();
  #isStarted = false;
  constructor(options) {
    this.#options = options;
    const { client, namespaces, clock, log } = options;
    this.#caches = new ClusterCaches({
      namespaces,
      client,
      clock,
      log: log.child("operator/informers"),
      onChange: (key) => this.#changed(key)
    });
    this.#actions = new KubernetesActions(client, this.#caches);
    this.#queue = new WorkQueue(
      { workersMax: WORKERS_MAX, retryMs: RETRY_MS2 },
      clock,
      async (key) => ({ againAfterMs: await this.#pass(key) }),
      (key, error) => log.warn("the pass failed; trying again", { cluster: key, error })
    );
  }
  get isSynced() {
    return this.#caches.isSynced;
  }
  get queueDepth() {
    return this.#queue.depth;
  }
  phases() {
    return [...this.#tended.values()].map(({ cluster }) => cluster.status?.phase ?? "Creating");
  }
  /** Runs until the signal is aborted; then nothing is begun any more and what runs ends. */
  async run(signal) {
    const { clock } = this.#options;
    await Promise.race([this.#caches.start(signal), aborted(signal)]);
    if (signal.aborted) return;
    this.#isStarted = true;
    for (const key of this.#caches.keys()) this.#queue.add(key);
    const stopVigil = clock.every(VIGIL_MS, () => {
      for (const tended of this.#tended.values()) if (tended.isUneasy) this.#failOver(tended);
    });
    await aborted(signal);
    stopVigil();
    await this.#queue.close();
    for (const tended of this.#tended.values()) tended.close();
    this.#tended.clear();
  }
  #changed(key) {
    if (!this.#isStarted) return;
    const tended = this.#tended.get(key);
    if (tended !== void 0) {
      tended.follow(this.#caches.objectsOf(tended.cluster));
      this.#failOver(tended);
    }
    this.#queue.add(key);
  }
  /** One pass; resolves to when the next is due, undefined when only a change can make one. */
  async #pass(key) {
    const cluster = await this.#parsed(key);
    if (cluster === void 0) return void 0;
    const tended = this.#tend(key, cluster);
    const found = this.#caches.objectsOf(cluster);
    tended.follow(found);
    const remains = remainsOf(cluster, found);
    const hasWorkload = tended.observe(found).workloads.length > 0;
    if (!hasWorkload && remains.length > 0 && cluster.status === void 0) return REMAINS_MS;
    const { clock, metrics } = this.#options;
    const startedMs = clock.monotonicMs();
    let outcome = "error";
    try {
      await tended.refreshViews(found);
      const result = this.#reconcile(tended);
      outcome = result.outcome.then;
      return await this.#carryOut(tended, result);
    } finally {
      metrics.pass(outcome, (clock.monotonicMs() - startedMs) / 1e3);
    }
  }
  #reconcile(tended) {
    const { settings, clock } = this.#options;
    const observed = tended.observe(this.#caches.objectsOf(tended.cluster));
    return reconcile({ cluster: tended.cluster, observed, nowMs: clock.wallMs(), settings });
  }
  async #carryOut(tended, result) {
    const { actions, requeueAfterMs } = result;
    const failover = actions.some(({ kind }) => kind === "forget-leader");
    if (failover && tended.isFailingOver) return failoverBounds.afterwardsMs;
    if (!failover && !await this.#writeStatus(tended, result)) return NOT_YET_MS;
    for (const action of actions) {
      if (!await this.#execute(tended, action)) return NOT_YET_MS;
    }
    if (failover) await this.#writeStatus(tended, result);
    return actions.length > 0 ? Math.max(requeueAfterMs, AFTER_ACTION_MS) : requeueAfterMs;
  }
  /** False when the cluster has gone: then nothing may be made for it any more. */
  async #writeStatus(tended, { status }) {
    const { clock, client } = this.#options;
    const nowMs = clock.monotonicMs();
    const sinceMs = nowMs - tended.statusWrittenMs;
    if (!isWorthWriting(tended.cluster.status, status, sinceMs)) return true;
    this.#assertMayAct();
    const stored = await writeStatus(client, tended.cluster, status);
    tended.statusWrittenMs = nowMs;
    if (stored === void 0) return false;
    this.#caches.written(resources.etcdCluster, stored);
    tended.cluster = { ...tended.cluster, status };
    return true;
  }
  /** False when it is too early or somebody else was faster: the rest is left to the next pass. */
  async #execute(tended, action) {
    const { metrics, events, log } = this.#options;
    this.#assertMayAct();
    const { namespace, name } = tended.cluster.metadata;
    if (action.kind === "emit-event") {
      await events.record(tended.cluster, action);
      return true;
    }
    try {
      if (!await this.#dispatch(tended, action)) {
        metrics.action(action.kind, "not-needed");
        return false;
      }
      metrics.action(action.kind, "done");
      log.debug("done", { cluster: `${namespace}/${name}`, action: action.kind });
      return true;
    } catch (error) {
      const why = steadyText(error);
      if (isTooEarly(why)) {
        metrics.action(action.kind, "too-early");
        log.info("etcd refuses for now", {
          cluster: `${namespace}/${name}`,
          action: action.kind,
          why
        });
        return false;
      }
      metrics.action(action.kind, "failed");
      const message = `${action.kind}: ${why}`;
      await events.record(tended.cluster, { type: "Warning", reason: "ActionFailed", message });
      throw error;
    }
  }
  /** False: the survivors of a dead leader had moved on already, so none was asked to campaign. */
  async #dispatch(tended, action) {
    switch (action.kind) {
      case "add-learner":
      case "promote-member":
      case "remove-member":
      case "move-leader":
        await executeMemberAction(action, tended.connections.clientOf);
        return true;
      case "forget-leader": {
        if (!await tended.forgetLeader(action)) return false;
        const { namespace, name } = tended.cluster.metadata;
        this.#options.metrics.failover(namespace, name, action.evidence);
        return true;
      }
      default:
        await this.#actions.execute(tended.cluster, action);
        return true;
    }
  }
  /** Decides synchronously on what is known and, when a leader is dead, acts without waiting. */
  #failOver(tended) {
    const { settings, clock, log, mayAct } = this.#options;
    if (tended.isFailingOver || !settings.fastFailover || !mayAct()) return;
    const observed = tended.observeForFailover(this.#caches.objectsOf(tended.cluster));
    const { cluster } = tended;
    const outcome = reconcileFailover({ cluster, observed, nowMs: clock.wallMs(), settings });
    if (outcome.then !== "act") return;
    const run = async () => {
      for (const action of outcome.actions) {
        if (!await this.#execute(tended, action)) return;
      }
    };
    run().catch((error) => log.warn("failover failed", { error }));
  }
  /** The cluster as it is now; undefined when it is gone or its manifest is refused. */
  async #parsed(key) {
    const manifest = this.#caches.cluster(key);
    if (manifest === void 0) {
      this.#tended.get(key)?.close();
      this.#tended.delete(key);
      return void 0;
    }
    const parsed = parseEtcdCluster(manifest);
    if (parsed.kind === "cluster") return parsed.cluster;
    const { log } = this.#options;
    log.error("an EtcdCluster is not valid", { cluster: key, problems: parsed.problems });
    return void 0;
  }
  #tend(key, cluster) {
    const known = this.#tended.get(key);
    if (known?.uid === cluster.metadata.uid) {
      known.cluster = cluster;
      return known;
    }
    known?.close();
    const { clock, log, metrics } = this.#options;
    const tended = new TendedCluster(
      cluster,
      clock,
      log,
      () => {
        this.#failOver(tended);
        this.#queue.add(key);
      },
      (seconds) => metrics.failoverEnded(seconds)
    );
    this.#tended.set(key, tended);
    return tended;
  }
  #assertMayAct() {
    if (!this.#options.mayAct()) throw new Error("this replica does not hold the lease");
  }
};
function isTooEarly(message) {
  return message.includes("etcdserver: unhealthy cluster") || message.includes("etcdserver: not enough started members") || message.includes("in sync with leader");
}
function steadyText(error) {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/(Deadline exceeded) after .*/, "$1");
}
function aborted(signal) {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

// src/operator/controller/leader-election.ts
var leaderElectionTimes = Object.freeze({
  leaseMs: 15e3,
  renewDeadlineMs: 1e4,
  retryMs: 2e3
});
var LeaderElection = class {
  #options;
  #client;
  #clock;
  #log;
  #renewedMs = 0;
  #isLeading = false;
  #seen;
  constructor(options, client, clock, log) {
    this.#options = options;
    this.#client = client;
    this.#clock = clock;
    this.#log = log;
  }
  /** May act at this very moment; asked again before every action, also while timers are late. */
  get isLeading() {
    return this.#isLeading && this.#sinceRenewalMs() < this.#options.renewDeadlineMs;
  }
  /** Resolves when the lease is ours; rejects with the signal's reason. */
  async acquire(signal) {
    for (; ; ) {
      signal.throwIfAborted();
      if (await this.#attempt(signal)) {
        this.#isLeading = true;
        this.#log.info("leading", { identity: this.#options.identity });
        return;
      }
      await this.#clock.after(this.#options.retryMs, signal);
    }
  }
  /** Renews until the lease is lost or the signal is aborted; afterwards nothing may be done. */
  async hold(signal) {
    while (!signal.aborted) {
      try {
        await this.#clock.after(this.#options.retryMs, signal);
      } catch {
        break;
      }
      const leftMs = this.#options.renewDeadlineMs - this.#sinceRenewalMs();
      const deadline = AbortSignal.timeout(Math.max(1, Math.floor(leftMs)));
      const renewed = await this.#attempt(AbortSignal.any([signal, deadline]));
      if (renewed) continue;
      if (signal.aborted) break;
      if (this.#isLeading && this.#sinceRenewalMs() < this.#options.renewDeadlineMs) continue;
      this.#isLeading = false;
      this.#log.error("lost the lease", { lease: this.#options.lease.name });
      return "lost";
    }
    return "aborted";
  }
  /** Lets another replica take over at once instead of after the lease's duration. */
  async release() {
    if (!this.isLeading) return;
    this.#isLeading = false;
    try {
      const lease = await this.#client.get(resources.lease, this.#options.lease);
      if (lease?.spec?.holderIdentity !== this.#options.identity) return;
      const spec = { ...lease.spec, holderIdentity: "", leaseDurationSeconds: 1 };
      await this.#client.replace(resources.lease, { ...lease, spec });
    } catch (error) {
      this.#log.warn("could not release the lease; it will run out", { error });
    }
  }
  /** Reads the lease and takes or renews it where that is allowed. An error is a failed attempt. */
  async #attempt(signal) {
    const beganMs = this.#clock.monotonicMs();
    try {
      const lease = await this.#client.get(resources.lease, this.#options.lease, signal);
      if (lease === void 0) {
        await this.#client.create(resources.lease, this.#leaseOf(void 0), signal);
      } else {
        if (!this.#mayTake(lease)) return false;
        await this.#client.replace(resources.lease, this.#leaseOf(lease), signal);
      }
      this.#renewedMs = beganMs;
      return true;
    } catch (error) {
      const isRace = hasStatus(error, 409);
      if (!isRace && !signal.aborted) this.#log.warn("lease could not be renewed", { error });
      return false;
    }
  }
  #mayTake({ spec }) {
    const holder = spec?.holderIdentity ?? "";
    if (holder === this.#options.identity) return true;
    if (this.#isLeading) {
      this.#isLeading = false;
      return false;
    }
    if (holder === "") return true;
    const text = `${holder} ${spec?.renewTime ?? ""} ${spec?.leaseTransitions ?? 0}`;
    const nowMs = this.#clock.monotonicMs();
    if (this.#seen?.text !== text) {
      this.#seen = { text, atMs: nowMs };
      this.#log.info("another replica leads", { holder });
    }
    const durationMs = (spec?.leaseDurationSeconds ?? 0) * 1e3;
    return nowMs - this.#seen.atMs > Math.max(durationMs, this.#options.leaseMs);
  }
  #leaseOf(before) {
    const { identity, lease, leaseMs } = this.#options;
    const isOurs = before?.spec?.holderIdentity === identity;
    const now = microTime(this.#clock.wallMs());
    const { apiVersion: apiVersion2, kind } = resources.lease;
    return {
      apiVersion: apiVersion2,
      kind,
      metadata: before?.metadata ?? { namespace: lease.namespace, name: lease.name },
      spec: {
        ...before?.spec,
        holderIdentity: identity,
        leaseDurationSeconds: Math.round(leaseMs / 1e3),
        acquireTime: isOurs ? before.spec?.acquireTime ?? now : now,
        renewTime: now,
        leaseTransitions: (before?.spec?.leaseTransitions ?? -1) + (isOurs ? 0 : 1)
      }
    };
  }
  #sinceRenewalMs() {
    return this.#clock.monotonicMs() - this.#renewedMs;
  }
};
function microTime(ms) {
  return new Date(ms).toISOString().replace("Z", "000Z");
}

// src/operator/execute/event-recorder.ts
var NOTE_LENGTH_MAX = 1024;
var SERIES_MS = 6e5;
var SERIES_WRITE_MS = 1e4;
var SERIES_MAX = 512;
var EventRecorder = class {
  #client;
  #instance;
  #clock;
  #log;
  #series = /* @__PURE__ */ new Map();
  #sequence = 0;
  constructor(client, instance, clock, log) {
    this.#client = client;
    this.#instance = instance;
    this.#clock = clock;
    this.#log = log;
  }
  async record(cluster, { type, reason, message }) {
    const { namespace, name, uid } = cluster.metadata;
    this.#log.info(message, { cluster: `${namespace}/${name}`, type, reason });
    const nowMs = this.#clock.wallMs();
    const note = message.slice(0, NOTE_LENGTH_MAX);
    const key = `${uid}
${type}
${reason}
${note}`;
    const known = this.#series.get(key);
    try {
      if (known !== void 0 && nowMs - known.firstMs < SERIES_MS) {
        await this.#countUp(known, { namespace, name: known.name }, nowMs);
        return;
      }
      this.#sequence += 1;
      const unique = `${nowMs.toString(16)}${this.#sequence.toString(16)}`;
      const series = { name: `${name}.${unique}`, count: 1, firstMs: nowMs, writtenMs: nowMs };
      this.#remember(key, series);
      await this.#client.create(resources.event, {
        apiVersion: resources.event.apiVersion,
        kind: resources.event.kind,
        metadata: { namespace, name: series.name },
        eventTime: microTime2(nowMs),
        reportingController: `etcd-ts.dev/${fieldManager}`,
        reportingInstance: this.#instance.slice(0, 128),
        type,
        reason,
        action: reason,
        note,
        regarding: { apiVersion, kind: clusterKind, namespace, name, uid }
      });
    } catch (error) {
      this.#series.delete(key);
      this.#log.warn("event not written", { reason, error });
    }
  }
  async #countUp(series, name, nowMs) {
    series.count += 1;
    if (nowMs - series.writtenMs < SERIES_WRITE_MS && series.count > 2) return;
    series.writtenMs = nowMs;
    const patch = { series: { count: series.count, lastObservedTime: microTime2(nowMs) } };
    await this.#client.mergePatch(resources.event, name, patch);
  }
  #remember(key, series) {
    this.#series.delete(key);
    this.#series.set(key, series);
    const [oldest] = this.#series.keys();
    if (this.#series.size > SERIES_MAX && oldest !== void 0) this.#series.delete(oldest);
  }
};
function microTime2(ms) {
  return new Date(ms).toISOString().replace("Z", "000Z");
}

// src/operator/http-endpoints.ts
import { createServer } from "node:http";
var REQUEST_TIMEOUT_MS = 1e4;
async function serveEndpoints(address, endpoints) {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const endpoint = Object.hasOwn(endpoints, pathname) ? endpoints[pathname] : void 0;
    const answer = (status, contentType, body) => {
      response.writeHead(status, { "content-type": contentType }).end(body);
    };
    if (endpoint === void 0) {
      answer(404, "text/plain", "not found\n");
      return;
    }
    endpoint().then(
      ({ status, contentType, body }) => answer(status, contentType, body),
      (error) => answer(500, "text/plain", `${String(error)}
`)
    );
  });
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  await new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(address.port, address.host === "" ? void 0 : address.host, resolve);
  });
  return () => closed(server);
}
function closed(server) {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

// src/operator/metrics.ts
import { Counter, Gauge, Histogram, Registry } from "prom-client";
var phases = [
  "Creating",
  "Healthy",
  "Progressing",
  "Degraded",
  "QuorumLost",
  "Paused",
  "Deleting"
];
var OperatorMetrics = class {
  #registry = new Registry();
  #passes;
  #passSeconds;
  #actions;
  #failovers;
  #failoverSeconds;
  constructor(source) {
    const registers = [this.#registry];
    this.#passes = new Counter({
      name: "etcd_ts_operator_passes_total",
      help: "Reconcile passes, by what came of them: act, wait, continue, fail or error.",
      labelNames: ["outcome"],
      registers
    });
    this.#passSeconds = new Histogram({
      name: "etcd_ts_operator_pass_seconds",
      help: "How long one pass took, asking the members and executing actions included.",
      buckets: [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30],
      registers
    });
    this.#actions = new Counter({
      name: "etcd_ts_operator_actions_total",
      help: "Actions by kind and outcome: done, not-needed, too-early (etcd says later) or failed.",
      labelNames: ["kind", "outcome"],
      registers
    });
    this.#failovers = new Counter({
      name: "etcd_ts_operator_failovers_total",
      help: "Dead leaders whose survivors were asked to forget them, by the evidence.",
      labelNames: ["namespace", "name", "evidence"],
      registers
    });
    this.#failoverSeconds = new Histogram({
      name: "etcd_ts_operator_failover_seconds",
      help: "From the first evidence of a dead leader to a survivor that follows a new one.",
      buckets: [5e-3, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5, 1, 2, 5],
      registers
    });
    this.#registerGauges(source);
  }
  pass(outcome, seconds) {
    this.#passes.inc({ outcome });
    this.#passSeconds.observe(seconds);
  }
  action(kind, outcome) {
    this.#actions.inc({ kind, outcome });
  }
  failover(namespace, name, evidence) {
    this.#failovers.inc({ namespace, name, evidence });
  }
  failoverEnded(seconds) {
    this.#failoverSeconds.observe(seconds);
  }
  text() {
    return this.#registry.metrics();
  }
  get contentType() {
    return this.#registry.contentType;
  }
  #registerGauges(source) {
    const registers = [this.#registry];
    new Gauge({
      name: "etcd_ts_operator_queue_depth",
      help: "Clusters that wait for a worker.",
      registers,
      collect() {
        this.set(source.queueDepth());
      }
    });
    new Gauge({
      name: "etcd_ts_operator_clusters",
      help: "EtcdClusters by the phase of their status.",
      labelNames: ["phase"],
      registers,
      collect() {
        const present = source.phases();
        for (const phase of phases) {
          this.set({ phase }, present.filter((one) => one === phase).length);
        }
      }
    });
    new Gauge({
      name: "etcd_ts_operator_leading",
      help: "1 while this replica is the one that acts.",
      registers,
      collect() {
        this.set(source.isLeading() ? 1 : 0);
      }
    });
  }
};

// src/operator/resources/member-addresses.ts
var podAddresses = Object.freeze({
  of: (cluster, member) => {
    const host = podHost(cluster, member);
    return { peerUrl: `http://${host}:${ports.peer}`, clientUrl: `http://${host}:${ports.client}` };
  },
  clientEndpoint: (cluster) => `http://${clientServiceName(cluster)}.${cluster.metadata.namespace}.svc:${ports.client}`
});

// src/operator/main.ts
var namespaceFile = "/var/run/secrets/kubernetes.io/serviceaccount/namespace";
var EXIT_MS_MAX = 500;
async function runOperator(argv) {
  const parsed = parseOperatorConfig(argv, process.env);
  if (parsed.kind === "help") {
    process.stdout.write(operatorUsage);
    return 0;
  }
  if (parsed.kind === "refused") {
    process.stderr.write(`etcd-ts operator: ${parsed.message}

${operatorUsage}`);
    return 2;
  }
  const log = jsonLog(parsed.config.logLevel, process.stdout).child("operator");
  const kubeConfig = loadKubeConfig(parsed.config.kubeconfig);
  if (typeof kubeConfig === "string") {
    log.error(kubeConfig);
    return 1;
  }
  const stop = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"]) {
    process.on(signal, () => {
      log.info("stopping", { signal });
      stop.abort();
    });
  }
  const exitCode = await new Operator(parsed.config, kubeConfig, log).run(stop.signal);
  setTimeout(() => process.exit(exitCode), EXIT_MS_MAX).unref();
  return exitCode;
}
function loadKubeConfig(file) {
  const kubeConfig = new KubeConfig();
  try {
    if (file === "") kubeConfig.loadFromDefault();
    else kubeConfig.loadFromFile(file);
  } catch (error) {
    return `the kubeconfig cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  }
  if (kubeConfig.getCurrentCluster() !== null) return kubeConfig;
  return "no Kubernetes cluster is configured: set KUBECONFIG or run in a pod with an account";
}
var Operator = class {
  #config;
  #log;
  #client;
  #election;
  #controller;
  #metrics;
  #isStandby = false;
  constructor(config, kubeConfig, log) {
    this.#config = config;
    this.#log = log;
    const client = new KubernetesClient(kubeConfig);
    this.#client = client;
    const identity = `${hostname()}_${randomUUID()}`;
    const clock = systemClock;
    this.#election = config.leaderElect ? new LeaderElection(
      {
        lease: {
          namespace: leaseNamespace(config, kubeConfig),
          name: config.leaderElectionName
        },
        identity,
        ...leaderElectionTimes
      },
      client,
      clock,
      log.child("operator/leader-election")
    ) : void 0;
    const metrics = new OperatorMetrics({
      queueDepth: () => this.#controller.queueDepth,
      phases: () => this.#controller.phases(),
      isLeading: () => this.#isLeading()
    });
    this.#metrics = metrics;
    this.#controller = new Controller({
      client,
      namespaces: config.watchNamespaces,
      settings: {
        defaultImage: config.defaultImage,
        fastFailover: config.fastFailover,
        addresses: podAddresses
      },
      clock,
      log: log.child("operator/controller"),
      metrics,
      events: new EventRecorder(client, identity, clock, log.child("operator/events")),
      mayAct: () => this.#isLeading()
    });
  }
  async run(signal) {
    const { watchNamespaces, defaultImage, leaderElect } = this.#config;
    const facts = { version: etcdTsVersion, watchNamespaces, defaultImage, leaderElect };
    this.#log.info("the operator starts", facts);
    const stopServing = await this.#serve();
    try {
      return await this.#lead(signal);
    } catch (error) {
      if (signal.aborted) return 0;
      this.#log.error("the operator ends", { error });
      return 1;
    } finally {
      for (const stop of stopServing) await stop();
      this.#client.close();
    }
  }
  /** With a lease: wait for it, act while it lasts, end with it. A new process starts afresh. */
  async #lead(signal) {
    const election = this.#election;
    if (election === void 0) {
      await this.#controller.run(signal);
      return 0;
    }
    this.#isStandby = true;
    await election.acquire(signal);
    this.#isStandby = false;
    const acting = new AbortController();
    const running = this.#controller.run(AbortSignal.any([signal, acting.signal]));
    const end = await election.hold(signal);
    acting.abort();
    if (end === "lost") return 1;
    await running;
    await election.release();
    return 0;
  }
  async #serve() {
    const { metricsAddress, healthAddress } = this.#config;
    const metrics = {
      "/metrics": async () => ({
        status: 200,
        contentType: this.#metrics.contentType,
        body: await this.#metrics.text()
      })
    };
    const health = {
      "/healthz": () => Promise.resolve(answerOf(true)),
      // A standby is ready to take over; a leader is ready when it knows what there is.
      "/readyz": () => Promise.resolve(answerOf(this.#isStandby || this.#controller.isSynced))
    };
    if (metricsAddress === void 0 || healthAddress === void 0) {
      const stops = [];
      if (metricsAddress !== void 0) stops.push(await serveEndpoints(metricsAddress, metrics));
      if (healthAddress !== void 0) stops.push(await serveEndpoints(healthAddress, health));
      return stops;
    }
    const isSame = metricsAddress.host === healthAddress.host && metricsAddress.port === healthAddress.port;
    if (isSame) return [await serveEndpoints(metricsAddress, { ...metrics, ...health })];
    return [
      await serveEndpoints(metricsAddress, metrics),
      await serveEndpoints(healthAddress, health)
    ];
  }
  #isLeading() {
    return this.#election === void 0 || this.#election.isLeading;
  }
};
function answerOf(isWell) {
  const [status, body] = isWell ? [200, "ok\n"] : [503, "not ready\n"];
  return { status, contentType: "text/plain", body };
}
function leaseNamespace(config, kubeConfig) {
  if (config.leaderElectionNamespace !== "") return config.leaderElectionNamespace;
  const own = process.env["POD_NAMESPACE"];
  if (own !== void 0 && own !== "") return own;
  if (existsSync(namespaceFile)) return readFileSync(namespaceFile, "utf8").trim();
  return kubeConfig.getContextObject(kubeConfig.getCurrentContext())?.namespace ?? "default";
}
export {
  runOperator
};
