import { createRequire as requireOfBundle } from 'node:module';
const require = requireOfBundle(import.meta.url);
import {
  AlarmRequest_AlarmAction,
  AlarmType,
  ForgetLeaderResponse_Outcome,
  decodeAlarmResponse,
  decodeForgetLeaderResponse,
  decodeMemberAddResponse,
  decodeMemberListResponse,
  decodeMemberPromoteResponse,
  decodeMemberRemoveResponse,
  decodeMoveLeaderResponse,
  decodeObserveResponse,
  decodeStatusResponse,
  encodeAlarmRequest,
  encodeForgetLeaderRequest,
  encodeMemberAddRequest,
  encodeMemberListRequest,
  encodeMemberPromoteRequest,
  encodeMemberRemoveRequest,
  encodeMoveLeaderRequest,
  encodeObserveRequest,
  encodeStatusRequest
} from "./chunk-3SV2DTJL.js";

// src/operator/api/etcd-cluster.ts
var apiVersion = "etcd-ts.dev/v1alpha1";
var clusterKind = "EtcdCluster";
var clusterPlural = "etcdclusters";
var reconcileAnnotation = "etcd-ts.dev/reconcile";

// src/operator/api/rules.ts
var specBounds = Object.freeze({
  /** etcd recommends at most seven voters; more than nine is a typing error. */
  sizeMax: 9,
  /** Pods are CLUSTER-ORDINAL-0 and a label holds 63 characters, a revision hash among them. */
  nameLengthMax: 40,
  volumeSizeDefault: "8Gi",
  optionsMax: 64,
  optionLengthMax: 512
});
var patterns = Object.freeze({
  clusterName: /^[a-z]([-a-z0-9]*[a-z0-9])?$/,
  version: /^v?[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$/,
  quantity: /^[0-9]+(\.[0-9]+)?([KMGTPE]i?|k)?$/,
  option: /^--[a-z][a-z0-9-]*(=.*)?$/,
  reservedKey: /^([a-z0-9.-]+\.)?etcd-ts\.dev\/|^app\.kubernetes\.io\/(name|instance|managed-by)$/
});
var reservedFlags = [
  "name",
  "data-dir",
  "wal-dir",
  "config-file",
  "listen-client-urls",
  "listen-client-http-urls",
  "listen-peer-urls",
  "listen-metrics-urls",
  "advertise-client-urls",
  "initial-advertise-peer-urls",
  "initial-cluster",
  "initial-cluster-state",
  "initial-cluster-token",
  "force-new-cluster",
  "unsafe-no-fsync",
  "strict-reconfig-check",
  "max-learners"
];
function optionComplaint(option) {
  if (!patterns.option.test(option)) return `${option} is not of the form --flag=value`;
  const flag = option.slice(2).split("=")[0] ?? "";
  if (reservedFlags.includes(flag)) return `--${flag} belongs to the operator`;
  return void 0;
}
function optionValue(options, flag) {
  const prefix = `--${flag}=`;
  return options.findLast((option) => option.startsWith(prefix))?.slice(prefix.length);
}

// src/operator/api/parse.ts
function parseEtcdCluster(manifest) {
  const problems = [];
  const root = objectAt(manifest, "the manifest", problems);
  if (root["apiVersion"] !== apiVersion || root["kind"] !== clusterKind) {
    problems.push(`apiVersion and kind must be ${apiVersion} ${clusterKind}`);
  }
  const metadata = objectAt(root["metadata"], "metadata", problems);
  const name = textAt(metadata["name"], "metadata.name", problems) ?? "";
  if (!patterns.clusterName.test(name) || name.length > specBounds.nameLengthMax) {
    problems.push(
      `metadata.name must be a DNS label of at most ${specBounds.nameLengthMax} characters`
    );
  }
  const spec = parseSpec(objectAt(root["spec"] ?? {}, "spec", problems), problems);
  if (problems.length > 0) return { kind: "refused", problems };
  const cluster = {
    metadata: {
      name,
      namespace: textAt(metadata["namespace"], "metadata.namespace", problems) ?? "default",
      uid: textAt(metadata["uid"], "metadata.uid", problems) ?? "",
      generation: Number(metadata["generation"] ?? 1),
      annotations: textMapAt(metadata["annotations"], "metadata.annotations", problems),
      isBeingDeleted: metadata["deletionTimestamp"] !== void 0
    },
    spec,
    status: parseStatus(root["status"])
  };
  return problems.length > 0 ? { kind: "refused", problems } : { kind: "cluster", cluster };
}
function parseSpec(spec, problems) {
  refuseUnknown(spec, "spec", specFields, problems);
  const size = spec["size"] ?? 3;
  if (!Number.isInteger(size) || Number(size) < 1 || Number(size) > specBounds.sizeMax) {
    problems.push(`spec.size must be a whole number from 1 to ${specBounds.sizeMax}`);
  }
  const version = textAt(spec["version"], "spec.version", problems);
  if (version !== void 0 && !patterns.version.test(version)) {
    problems.push("spec.version must look like v1.2.3");
  }
  const imageRegistry = textAt(spec["imageRegistry"], "spec.imageRegistry", problems);
  const image = textAt(spec["image"], "spec.image", problems);
  if (image !== void 0 && (version !== void 0 || imageRegistry !== void 0)) {
    problems.push("spec.image excludes spec.version and spec.imageRegistry");
  }
  const fastFailover = objectAt(spec["fastFailover"] ?? {}, "spec.fastFailover", problems);
  return {
    size: Number(size),
    version,
    imageRegistry,
    image,
    storageSpec: parseStorage(objectAt(spec["storageSpec"] ?? {}, "spec.storageSpec", problems)),
    etcdOptions: parseOptions(spec["etcdOptions"], problems),
    podTemplate: parsePodTemplate(
      objectAt(spec["podTemplate"] ?? {}, "spec.podTemplate", problems),
      problems
    ),
    fastFailover: { enabled: fastFailover["enabled"] !== false }
  };
  function parseStorage(storage) {
    refuseUnknown(storage, "spec.storageSpec", storageFields, problems);
    const medium = storage["medium"] ?? "";
    if (medium !== "" && medium !== "Memory") {
      problems.push("spec.storageSpec.medium must be '' or Memory");
    }
    const retention = objectAt(
      storage["retentionPolicy"] ?? {},
      "spec.storageSpec.retentionPolicy",
      problems
    );
    const request = scalarText(storage["volumeSizeRequest"] ?? specBounds.volumeSizeDefault);
    if (!patterns.quantity.test(request)) {
      problems.push("spec.storageSpec.volumeSizeRequest must be a quantity such as 8Gi");
    }
    const accessModes = storage["accessModes"] ?? "ReadWriteOnce";
    if (accessModes !== "ReadWriteOnce" && accessModes !== "ReadWriteOncePod") {
      problems.push("spec.storageSpec.accessModes must be ReadWriteOnce or ReadWriteOncePod");
    }
    return {
      medium: medium === "Memory" ? "Memory" : "",
      accessModes: scalarText(accessModes),
      storageClassName: textAt(
        storage["storageClassName"],
        "spec.storageSpec.storageClassName",
        problems
      ),
      volumeSizeRequest: request,
      retentionPolicy: {
        whenDeleted: retention["whenDeleted"] === "Delete" ? "Delete" : "Retain",
        whenScaled: retention["whenScaled"] === "Retain" ? "Retain" : "Delete"
      }
    };
  }
}
function parseOptions(options, problems) {
  if (options === void 0 || options === null) return [];
  if (!Array.isArray(options)) {
    problems.push("spec.etcdOptions must be a list of --flag=value");
    return [];
  }
  for (const option of options) {
    const complaint = optionComplaint(scalarText(option));
    if (complaint !== void 0) problems.push(`spec.etcdOptions: ${complaint}`);
  }
  return options.map(scalarText);
}
function parsePodTemplate(template, problems) {
  const metadata = objectAt(template["metadata"] ?? {}, "spec.podTemplate.metadata", problems);
  const spec = objectAt(template["spec"] ?? {}, "spec.podTemplate.spec", problems);
  refuseUnknown(spec, "spec.podTemplate.spec", podSpecFields, problems);
  const at = "spec.podTemplate.metadata";
  const labels = textMapAt(metadata["labels"], `${at}.labels`, problems);
  const annotations = textMapAt(metadata["annotations"], `${at}.annotations`, problems);
  for (const key of [...Object.keys(labels), ...Object.keys(annotations)]) {
    if (patterns.reservedKey.test(key)) problems.push(`${at}: ${key} belongs to the operator`);
  }
  return { metadata: { labels, annotations }, spec };
}
function parseStatus(status) {
  if (typeof status !== "object" || status === null) return void 0;
  const fields = status;
  if (typeof fields.observedGeneration !== "number") return void 0;
  return {
    observedGeneration: fields.observedGeneration,
    phase: fields.phase ?? "Creating",
    currentReplicas: fields.currentReplicas ?? 0,
    readyReplicas: fields.readyReplicas ?? 0,
    ready: fields.ready ?? "",
    memberCount: fields.memberCount ?? 0,
    updatedMembers: fields.updatedMembers ?? 0,
    currentVersion: fields.currentVersion ?? "",
    leaderID: fields.leaderID ?? "",
    clusterID: fields.clusterID ?? "",
    selector: fields.selector ?? "",
    endpoints: fields.endpoints ?? { client: "", members: [] },
    members: fields.members ?? [],
    conditions: fields.conditions ?? [],
    warnings: fields.warnings ?? [],
    failover: fields.failover
  };
}
var specFields = [
  "size",
  "version",
  "imageRegistry",
  "image",
  "storageSpec",
  "etcdOptions",
  "podTemplate",
  "fastFailover"
];
var storageFields = [
  "medium",
  "accessModes",
  "storageClassName",
  "volumeSizeRequest",
  "retentionPolicy"
];
var podSpecFields = [
  "affinity",
  "nodeSelector",
  "tolerations",
  "topologySpreadConstraints",
  "resources",
  "priorityClassName",
  "schedulerName",
  "imagePullSecrets",
  "imagePullPolicy",
  "securityContext"
];
function refuseUnknown(fields, at, known, problems) {
  for (const key of Object.keys(fields)) {
    if (!known.includes(key)) problems.push(`${at}.${key} is not a field`);
  }
}
function objectAt(value, at, problems) {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  problems.push(`${at} must be a map`);
  return {};
}
function textAt(value, at, problems) {
  if (value === void 0 || value === null || value === "") return void 0;
  if (typeof value === "string") return value;
  problems.push(`${at} must be a string`);
  return void 0;
}
function textMapAt(value, at, problems) {
  if (value === void 0 || value === null) return {};
  const fields = objectAt(value, at, problems);
  return Object.fromEntries(Object.entries(fields).map(([key, text]) => [key, scalarText(text)]));
}
function scalarText(value) {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? `${value}` : "";
}

// src/operator/resources/image.ts
function memberImage(cluster, defaultImage) {
  const { image, imageRegistry, version } = cluster.spec;
  if (image !== void 0) return image;
  if (imageRegistry === void 0 && version === void 0) return defaultImage;
  const [repository, tag] = splitReference(defaultImage);
  return `${imageRegistry ?? repository}:${version ?? tag}`;
}
function splitReference(image) {
  const [undigested = image] = image.split("@");
  const colon = undigested.lastIndexOf(":");
  if (colon <= undigested.lastIndexOf("/")) return [undigested, "latest"];
  return [undigested.slice(0, colon), undigested.slice(colon + 1)];
}

// src/operator/resources/content-hash.ts
function contentHash(value) {
  const text = canonicalText(value);
  let low = 2166136261;
  let high = 3386659096;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    low = Math.imul(low ^ unit, 16777619);
    high = Math.imul(high ^ unit ^ low >>> 15, 16777619);
  }
  return [low, high].map((lane) => (lane >>> 0).toString(16).padStart(8, "0")).join("");
}
function canonicalText(value) {
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const fields = Object.entries(value).filter(([, field]) => field !== void 0).sort(([a], [b]) => a < b ? -1 : 1).map(([key, field]) => `${JSON.stringify(key)}:${canonicalText(field)}`);
  return `{${fields.join(",")}}`;
}

// src/operator/resources/labels.ts
var labelKeys = Object.freeze({
  cluster: "etcd-ts.dev/cluster",
  /** The owner's UID: tells the volumes of an earlier cluster of the same name from ours. */
  clusterUid: "etcd-ts.dev/cluster-uid",
  member: "etcd-ts.dev/member",
  /** `true` on a claim that outlived its member on purpose. */
  retained: "etcd-ts.dev/retained"
});
var annotationKeys = Object.freeze({
  hash: "etcd-ts.dev/hash",
  templateHash: "etcd-ts.dev/template-hash",
  ordinal: "etcd-ts.dev/ordinal",
  initialCluster: "etcd-ts.dev/initial-cluster",
  initialClusterState: "etcd-ts.dev/initial-cluster-state",
  initialClusterToken: "etcd-ts.dev/initial-cluster-token",
  volumeId: "etcd-ts.dev/volume-id"
});
var freshVolumeGate = "etcd-ts.dev/fresh-volume";
function clusterSelector(cluster) {
  return { [labelKeys.cluster]: cluster.metadata.name };
}
function memberSelector(cluster, member) {
  return { ...clusterSelector(cluster), [labelKeys.member]: member };
}
function clusterSelectorText(cluster) {
  return `${labelKeys.cluster}=${cluster.metadata.name}`;
}
function clusterLabels(cluster) {
  return {
    "app.kubernetes.io/name": "etcd",
    "app.kubernetes.io/instance": cluster.metadata.name,
    "app.kubernetes.io/managed-by": "etcd-ts-operator",
    ...clusterSelector(cluster),
    [labelKeys.clusterUid]: cluster.metadata.uid
  };
}
function memberLabels(cluster, member) {
  return { ...clusterLabels(cluster), [labelKeys.member]: member };
}

// src/operator/resources/names.ts
var ports = Object.freeze({ client: 2379, peer: 2380, metrics: 2381 });
var containerName = "etcd";
var dataVolumeName = "data";
var dataMountPath = "/var/lib/etcd";
var dataDirectory = "/var/lib/etcd/data";
var fieldManager = "etcd-ts-operator";
function memberName(cluster, ordinal) {
  return `${cluster.metadata.name}-${ordinal}`;
}
function maybeOrdinal(cluster, name) {
  const prefix = `${cluster.metadata.name}-`;
  if (!name.startsWith(prefix)) return void 0;
  const digits = name.slice(prefix.length);
  return /^(0|[1-9][0-9]{0,5})$/.test(digits) ? Number(digits) : void 0;
}
function podName(member) {
  return `${member}-0`;
}
function claimName(member) {
  return `${dataVolumeName}-${member}-0`;
}
function peerServiceName(cluster) {
  return `${cluster.metadata.name}-peer`;
}
function clientServiceName(cluster) {
  return cluster.metadata.name;
}
function disruptionBudgetName(cluster) {
  return cluster.metadata.name;
}
function podHost(cluster, member) {
  return `${podName(member)}.${peerServiceName(cluster)}.${cluster.metadata.namespace}.svc`;
}

// src/operator/resources/probes.ts
var startupProbe = {
  httpGet: { path: "/readyz?exclude=linearizable_read&exclude=non_learner", port: "metrics" },
  periodSeconds: 1,
  timeoutSeconds: 5,
  // Ten minutes: replaying a long log or receiving a large snapshot is not a failure.
  failureThreshold: 600
};
var readinessProbe = {
  httpGet: { path: "/readyz", port: "metrics" },
  periodSeconds: 2,
  // Longer than an election: a read that waits for a new leader should be answered, not counted.
  timeoutSeconds: 5,
  failureThreshold: 3,
  successThreshold: 1
};
var livenessProbe = {
  httpGet: { path: "/livez", port: "metrics" },
  periodSeconds: 10,
  timeoutSeconds: 10,
  failureThreshold: 6
};

// src/operator/resources/server-flags.ts
function serverFlags(plan, place) {
  const { birth } = plan;
  const initialCluster = birth.initialCluster.map(({ name, peerUrl }) => `${name}=${peerUrl}`);
  const metrics = place.listenMetricsUrl;
  return [
    ...plan.etcdOptions,
    `--name=${plan.name}`,
    `--data-dir=${place.dataDir}`,
    `--listen-peer-urls=${place.listenPeerUrl}`,
    `--listen-client-urls=${place.listenClientUrl}`,
    ...metrics === void 0 ? [] : [`--listen-metrics-urls=${metrics}`],
    `--initial-advertise-peer-urls=${plan.peerUrl}`,
    `--advertise-client-urls=${plan.clientUrl}`,
    `--initial-cluster=${initialCluster.join(",")}`,
    `--initial-cluster-state=${birth.initialClusterState}`,
    `--initial-cluster-token=${birth.initialClusterToken}`
  ];
}

// src/operator/resources/member-pod.ts
var userId = 65532;
var terminationGracePeriodSeconds = 30;
function memberPodTemplate(cluster, plan) {
  const { metadata } = cluster.spec.podTemplate;
  return {
    metadata: {
      labels: { ...metadata.labels, ...memberLabels(cluster, plan.name) },
      annotations: { ...metadata.annotations, [annotationKeys.templateHash]: plan.templateHash }
    },
    spec: podSpec(cluster, plan)
  };
}
function memberTemplateHash(cluster, image) {
  const anyMember = {
    name: "",
    ordinal: 0,
    birth: { initialCluster: [], initialClusterState: "new", initialClusterToken: "" },
    peerUrl: "",
    clientUrl: "",
    image,
    etcdOptions: cluster.spec.etcdOptions,
    medium: cluster.spec.storageSpec.medium,
    volumeId: "",
    templateHash: ""
  };
  return contentHash(memberPodTemplate(cluster, anyMember));
}
function podSpec(cluster, plan) {
  const { spec } = cluster.spec.podTemplate;
  const securityContext = {
    runAsNonRoot: true,
    runAsUser: userId,
    runAsGroup: userId,
    fsGroup: userId,
    fsGroupChangePolicy: "OnRootMismatch",
    seccompProfile: { type: "RuntimeDefault" },
    ...spec.securityContext
  };
  return {
    ...spec.affinity && { affinity: spec.affinity },
    ...spec.nodeSelector && { nodeSelector: { ...spec.nodeSelector } },
    ...spec.tolerations && { tolerations: [...spec.tolerations] },
    topologySpreadConstraints: topologySpread(cluster),
    ...spec.priorityClassName && { priorityClassName: spec.priorityClassName },
    ...spec.schedulerName && { schedulerName: spec.schedulerName },
    ...spec.imagePullSecrets && { imagePullSecrets: [...spec.imagePullSecrets] },
    // A member needs nothing from the API server.
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext,
    terminationGracePeriodSeconds,
    ...plan.medium === "Memory" && { schedulingGates: [{ name: freshVolumeGate }] },
    containers: [container(cluster, plan)],
    volumes: [dataVolume(cluster, plan)]
  };
}
function container(cluster, plan) {
  const { resources, imagePullPolicy } = cluster.spec.podTemplate.spec;
  const flags = serverFlags(plan, {
    dataDir: dataDirectory,
    listenPeerUrl: `http://0.0.0.0:${ports.peer}`,
    listenClientUrl: `http://0.0.0.0:${ports.client}`,
    listenMetricsUrl: `http://0.0.0.0:${ports.metrics}`
  });
  return {
    name: containerName,
    image: plan.image,
    ...imagePullPolicy && { imagePullPolicy },
    command: ["etcd-ts", "server"],
    args: [...flags],
    ports: [
      { name: "client", containerPort: ports.client, protocol: "TCP" },
      { name: "peer", containerPort: ports.peer, protocol: "TCP" },
      { name: "metrics", containerPort: ports.metrics, protocol: "TCP" }
    ],
    ...resources && { resources },
    startupProbe,
    readinessProbe,
    livenessProbe,
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] }
    },
    terminationMessagePolicy: "FallbackToLogsOnError",
    volumeMounts: [{ name: dataVolumeName, mountPath: dataMountPath }]
  };
}
function dataVolume(cluster, plan) {
  if (plan.medium === "Memory") {
    const sizeLimit = cluster.spec.storageSpec.volumeSizeRequest;
    return { name: dataVolumeName, emptyDir: { medium: "Memory", sizeLimit } };
  }
  return {
    name: dataVolumeName,
    persistentVolumeClaim: { claimName: claimName(plan.name) }
  };
}
function topologySpread(cluster) {
  const { topologySpreadConstraints } = cluster.spec.podTemplate.spec;
  if (topologySpreadConstraints !== void 0) {
    return [...topologySpreadConstraints];
  }
  return ["topology.kubernetes.io/zone", "kubernetes.io/hostname"].map((topologyKey) => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: "ScheduleAnyway",
    labelSelector: { matchLabels: clusterSelector(cluster) }
  }));
}

// src/operator/reconcile/limits.ts
var reconcileLimits = Object.freeze({
  /** Entries a member may be behind the leader's log and still count as caught up. */
  lagEntriesMax: 5e3,
  /** etcd's own rule for promoting a learner: 90 % of the leader's log. */
  promoteRatio: 0.9,
  /** Ordinals looked at when a name is sought; retained volumes occupy names. */
  ordinalsMax: 1e3,
  /** Nothing to do: watches and streams wake the operator earlier. */
  stableWaitMs: 15e3,
  /** The status is written at the end of every pass; the next one finds it. */
  recordWaitMs: 50,
  /** A process starts, catches up or recovers: short, each step of a change waits for it. */
  settleWaitMs: 1e3,
  /** Only a person can help; watches wake the operator when one does. */
  pausedWaitMs: 6e4
});

// src/operator/reconcile/member-health.ts
function isVolumeLost(facts, medium) {
  const { listed: listed2, workload, volume } = facts;
  const isGone = volume === void 0 || volume.state === "lost" || volume.state === "deleting";
  if (workload !== void 0) {
    if (workload.volumeId === "") return false;
    return isGone || volume.id !== workload.volumeId;
  }
  if (listed2 === void 0) return false;
  const hasStarted = listed2.name !== "" || !listed2.isLearner;
  return hasStarted && (isGone || medium === "Memory");
}
function healthOf(facts) {
  const { listed: listed2, instance, report, workload } = facts;
  if (facts.isVolumeLost) return unhealthy("its volume is lost");
  if (listed2 === void 0) return unhealthy("not in the member list");
  if (workload === void 0) return foreignHealth(facts);
  if (workload.isBeingDeleted) return unhealthy("its workload is being deleted");
  if (instance === void 0) return unhealthy("no process yet");
  if (instance.isBeingDeleted) return unhealthy("its process is stopping");
  if (instance.templateHash !== workload.templateHash) {
    return unhealthy("waits for its restart with the new template");
  }
  const { container: container2 } = instance;
  if (container2.state === "waiting") return unhealthy(`waiting: ${container2.reason}`);
  if (container2.state === "terminated") {
    return unhealthy(`ended: ${container2.reason} (exit code ${container2.exitCode})`);
  }
  if (report === void 0) return unhealthy(`does not answer: ${facts.unreachable}`);
  if (!listed2.isLearner && !instance.isReady) return unhealthy("not ready");
  return reportHealth(facts, report, listed2);
}
function isStuck({ container: container2 }) {
  return container2.state === "waiting" && lastingReasons.has(container2.reason);
}
var lastingReasons = /* @__PURE__ */ new Set([
  "CrashLoopBackOff",
  "ImagePullBackOff",
  "ErrImagePull",
  "ErrImageNeverPull",
  "InvalidImageName",
  "CreateContainerConfigError",
  "CreateContainerError",
  "RunContainerError",
  "Unschedulable"
]);
function foreignHealth(facts) {
  const { report, listed: listed2 } = facts;
  if (report === void 0 || listed2 === void 0) return unhealthy("has no workload");
  return reportHealth(facts, report, listed2);
}
function reportHealth(facts, report, listed2) {
  if (report.memberId !== listed2.id) return unhealthy("answers with another member id");
  if (report.leader === 0n) return unhealthy("knows no leader");
  if (report.leader !== facts.leaderId || report.term !== facts.term) {
    return unhealthy("follows an older leader");
  }
  const lag = facts.leaderIndex - report.raftAppliedIndex;
  if (lag > reconcileLimits.lagEntriesMax) return unhealthy(`${lag} entries behind the leader`);
  if (report.alarms.includes("CORRUPT")) return unhealthy("alarm CORRUPT");
  return { isHealthy: true };
}
function unhealthy(reason) {
  return { isHealthy: false, reason };
}

// src/operator/reconcile/picture.ts
function pictureOf(input) {
  const { cluster, observed, settings } = input;
  const image = memberImage(cluster, settings.defaultImage);
  const templateHash = memberTemplateHash(cluster, image);
  const reports = observed.views.flatMap(
    (view) => view.kind === "reported" ? [{ name: view.memberName, report: view.report }] : []
  );
  const list = newestConfirmedList(reports.map(({ report }) => report));
  const { term, leaderId } = leaderOf(reports.map(({ report }) => report));
  const leaderIndex = Math.max(0, ...reports.map(({ report }) => report.raftIndex));
  const names = memberNames(input, list);
  const members = [...names].map(([name, listed2]) => {
    const view = observed.views.find((one) => one.memberName === name);
    const report = view?.kind === "reported" ? view.report : void 0;
    const workload = observed.workloads.find((one) => one.memberName === name);
    const volume = observed.volumes.find((one) => one.memberName === name && !one.isRetained);
    const instance = newestInstance(
      observed.instances.filter((one) => one.memberName === name),
      workload
    );
    const facts = { listed: listed2, workload, volume, instance, report };
    const ordinal = workload?.ordinal ?? maybeOrdinal(cluster, name);
    const isOwn = ordinal !== void 0;
    const lost = isOwn && isVolumeLost(facts, cluster.spec.storageSpec.medium);
    const unreachable = view?.kind === "unreachable" ? view.reason : "not asked yet";
    return {
      name,
      ordinal,
      ...facts,
      unreachable,
      isLeader: listed2 !== void 0 && leaderId !== 0n && listed2.id === leaderId,
      isLearner: listed2?.isLearner ?? report?.isLearner ?? false,
      isUpdated: workload?.templateHash === templateHash,
      isVolumeLost: lost,
      health: healthOf({ ...facts, isVolumeLost: lost, unreachable, term, leaderId, leaderIndex })
    };
  });
  members.sort(byOrdinal);
  return {
    hasFormed: isRecorded(cluster) || leaderId !== 0n,
    ...clusterIds(
      cluster,
      reports.map(({ report }) => report)
    ),
    list,
    members,
    leader: members.find(({ isLeader }) => isLeader),
    term,
    leaderIndex,
    image,
    templateHash
  };
}
function voters(picture) {
  return picture.members.filter(({ listed: listed2 }) => listed2 !== void 0 && !listed2.isLearner);
}
function learners(picture) {
  return picture.members.filter(({ listed: listed2 }) => listed2?.isLearner === true);
}
function ownMembers(picture) {
  return picture.members.filter(
    ({ listed: listed2, ordinal }) => listed2 !== void 0 && ordinal !== void 0
  );
}
function quorumOf(voterCount) {
  return Math.floor(voterCount / 2) + 1;
}
function via(picture) {
  const able = voters(picture).filter(({ report }) => report?.memberList?.isConfirmed === true);
  return [...able].sort((a, b) => Number(b.isLeader) - Number(a.isLeader)).map(({ name }) => name);
}
function isRecorded(cluster) {
  return (cluster.status?.clusterID ?? "") !== "";
}
function clusterIds(cluster, reports) {
  const recorded = cluster.status?.clusterID ?? "";
  const ids = new Set(reports.map(({ clusterId: clusterId2 }) => clusterId2).filter((id) => id !== 0n));
  if (recorded !== "") ids.add(BigInt(`0x${recorded}`));
  const [clusterId] = ids;
  if (ids.size <= 1) return { clusterId, clusterIdConflict: void 0 };
  const texts = [...ids].map((id) => id.toString(16)).sort();
  return { clusterId, clusterIdConflict: texts.join(", ") };
}
function newestConfirmedList(reports) {
  let newest;
  for (const report of reports) {
    if (report.memberList?.isConfirmed !== true) continue;
    if (newest === void 0 || isFurther(report, newest)) newest = report;
  }
  return newest?.memberList?.members;
}
function isFurther(a, b) {
  return a.raftAppliedIndex !== b.raftAppliedIndex ? a.raftAppliedIndex > b.raftAppliedIndex : a.term > b.term;
}
function leaderOf(reports) {
  const term = Math.max(0, ...reports.map((report) => report.term));
  const knowing = reports.find((report) => report.term === term && report.leader !== 0n);
  return { term, leaderId: knowing?.leader ?? 0n };
}
function memberNames(input, list) {
  const { cluster, observed, settings } = input;
  const names = /* @__PURE__ */ new Map();
  for (const { memberName: memberName2 } of [...observed.workloads, ...observed.instances]) {
    names.set(memberName2, void 0);
  }
  for (const volume of observed.volumes)
    if (!volume.isRetained) names.set(volume.memberName, void 0);
  for (const listed2 of list ?? []) names.set(nameOf(listed2), listed2);
  return names;
  function nameOf(listed2) {
    const speaker = observed.views.find(
      (view) => view.kind === "reported" && view.report.memberId === listed2.id
    );
    if (speaker !== void 0) return speaker.memberName;
    if (listed2.name !== "") return listed2.name;
    for (const name of names.keys()) if (hasAddress(listed2, name)) return name;
    for (let ordinal = 0; ordinal < reconcileLimits.ordinalsMax; ordinal += 1) {
      const name = memberName(cluster, ordinal);
      if (hasAddress(listed2, name)) return name;
    }
    return listed2.peerUrls[0] ?? listed2.id.toString(16);
  }
  function hasAddress(listed2, name) {
    const ordinal = maybeOrdinal(cluster, name);
    if (ordinal === void 0) return false;
    const { peerUrl } = settings.addresses.of(cluster, name, ordinal);
    return listed2.peerUrls.includes(peerUrl);
  }
}
function newestInstance(instances, workload) {
  const rank = (one) => Number(!one.isBeingDeleted) * 2 + Number(one.templateHash === workload?.templateHash);
  return [...instances].sort((a, b) => rank(b) - rank(a))[0];
}
function byOrdinal(a, b) {
  const difference = (a.ordinal ?? Infinity) - (b.ordinal ?? Infinity);
  return Number.isFinite(difference) && difference !== 0 ? difference : a.name < b.name ? -1 : 1;
}

// src/operator/status/conditions.ts
function conditionsOf(input, picture, outcome, now) {
  const verdicts = [available(picture), progressing(outcome), degraded(picture, outcome)];
  const { status, metadata } = input.cluster;
  return verdicts.map((verdict) => {
    const before = status?.conditions.find(({ type }) => type === verdict.type);
    const isSame = before?.status === verdict.status;
    return {
      ...verdict,
      observedGeneration: metadata.generation,
      lastTransitionTime: isSame ? before.lastTransitionTime : now
    };
  });
}
function available(picture) {
  const type = "Available";
  if (!picture.hasFormed) {
    return { type, status: "False", reason: "NotFormed", message: "the cluster is being formed" };
  }
  if (picture.list === void 0 || picture.leader === void 0) {
    const message2 = "no quorum of members answers";
    return { type, status: "False", reason: "QuorumLost", message: message2 };
  }
  const message = `${picture.leader.name} leads ${voters(picture).length} voters`;
  return { type, status: "True", reason: "ClusterAvailable", message };
}
function progressing(outcome) {
  const type = "Progressing";
  switch (outcome.then) {
    case "continue":
      return { type, status: "False", reason: "ClusterStable", message: "as specified" };
    case "act": {
      const message = outcome.actions.map(({ kind }) => kind).filter((kind) => kind !== "emit-event");
      return {
        type,
        status: "True",
        reason: outcome.reason,
        message: [...new Set(message)].join(", ")
      };
    }
    case "wait": {
      const isActive = outcome.reason !== "Paused" && outcome.reason !== "WaitingForQuorum";
      const status = isActive ? "True" : "False";
      return { type, status, reason: outcome.reason, message: outcome.message };
    }
    case "fail":
      return { type, status: "False", reason: outcome.reason, message: outcome.message };
  }
}
function degraded(picture, outcome) {
  const type = "Degraded";
  if (!picture.hasFormed) {
    return { type, status: "Unknown", reason: "NotFormed", message: "the cluster is being formed" };
  }
  if (outcome.then === "fail") {
    return { type, status: "True", reason: outcome.reason, message: outcome.message };
  }
  if (picture.list === void 0 || picture.leader === void 0) {
    const message2 = "no quorum of members answers";
    return { type, status: "True", reason: "QuorumLost", message: message2 };
  }
  const ill = voters(picture).flatMap(
    ({ name, health }) => health.isHealthy ? [] : [`${name}: ${health.reason}`]
  );
  if (ill.length > 0) {
    return { type, status: "True", reason: "MembersUnhealthy", message: ill.join("; ") };
  }
  const message = "all voters are healthy";
  return { type, status: "False", reason: "ClusterHealthy", message };
}

// src/operator/status/status.ts
function statusOf(input, outcome) {
  const { cluster, nowMs, settings, picture } = input;
  const now = isoSeconds(nowMs);
  const members = picture.members.filter(({ ordinal, listed: listed2 }) => ordinal !== void 0 || listed2 !== void 0).map((member) => memberStatus(input, picture, member, now));
  const present = picture.members.filter(({ workload }) => workload !== void 0);
  const ready = present.filter(({ health, isLearner }) => health.isHealthy && !isLearner);
  return {
    observedGeneration: cluster.metadata.generation,
    phase: phaseOf(picture, outcome),
    currentReplicas: present.length,
    readyReplicas: ready.length,
    ready: `${ready.length}/${cluster.spec.size}`,
    memberCount: picture.list?.length ?? cluster.status?.memberCount ?? 0,
    updatedMembers: present.filter(({ isUpdated, health }) => isUpdated && health.isHealthy).length,
    currentVersion: lowestVersion(picture) ?? cluster.status?.currentVersion ?? "",
    leaderID: picture.leader?.listed?.id.toString(16) ?? "",
    clusterID: recordedClusterId(input, picture),
    selector: clusterSelectorText(cluster),
    endpoints: {
      client: settings.addresses.clientEndpoint(cluster),
      members: memberEndpoints(input, picture)
    },
    members,
    conditions: conditionsOf(input, picture, outcome, now),
    warnings: warningsOf(input, picture),
    failover: failoverStatus(input)
  };
}
function isoSeconds(ms) {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
function recordedClusterId({ cluster }, picture) {
  const recorded = cluster.status?.clusterID ?? "";
  if (recorded !== "" || !picture.hasFormed) return recorded;
  return picture.clusterId?.toString(16) ?? "";
}
function memberStatus(input, picture, member, now) {
  const { listed: listed2, report, volume, instance, workload, health, isLeader, isLearner } = member;
  const before = input.cluster.status?.members.find(({ name }) => name === member.name);
  const phase = memberPhase(picture, member);
  const reason = health.isHealthy ? "" : health.reason;
  const isSame = before?.phase === phase && before.isHealthy === health.isHealthy;
  return {
    name: member.name,
    id: (listed2?.id ?? report?.memberId)?.toString(16) ?? "",
    phase,
    role: roleOf(member),
    version: report?.version ?? "",
    isHealthy: health.isHealthy,
    isLearner,
    isLeader,
    revision: report?.revision ?? 0,
    raftTerm: report?.term ?? 0,
    raftIndex: report?.raftIndex ?? 0,
    raftAppliedIndex: report?.raftAppliedIndex ?? 0,
    dbSize: report?.dbSize ?? 0,
    dbSizeInUse: report?.dbSizeInUse ?? 0,
    alarms: report?.alarms ?? [],
    templateHash: workload?.templateHash ?? "",
    volume: volume?.name ?? "",
    node: instance?.nodeName ?? "",
    reason,
    lastTransitionTime: isSame ? before.lastTransitionTime : now
  };
}
function roleOf({ isLeader, isLearner, listed: listed2, report }) {
  if (isLeader) return "leader";
  if (isLearner) return "learner";
  return listed2 !== void 0 && report !== void 0 ? "follower" : "unknown";
}
function memberPhase(picture, member) {
  const { listed: listed2, instance, health, isLearner, isVolumeLost: isVolumeLost2, report } = member;
  if (picture.list !== void 0 && listed2 === void 0) return "Removing";
  if (isVolumeLost2) return "Replacing";
  if (instance === void 0 || instance.container.state === "waiting") return "Pending";
  if (health.isHealthy) return isLearner ? "Learner" : "Ready";
  return report === void 0 && (listed2?.name ?? "") === "" ? "Joining" : "Unhealthy";
}
function phaseOf(picture, outcome) {
  const reason = outcome.then === "continue" ? "ClusterStable" : outcome.reason;
  if (reason === "Deleting") return "Deleting";
  if (reason === "Paused") return "Paused";
  if (!picture.hasFormed) return "Creating";
  if (picture.list === void 0 || picture.leader === void 0) return "QuorumLost";
  if (outcome.then === "continue") return "Healthy";
  const isIll = voters(picture).some(({ health }) => !health.isHealthy);
  if (outcome.then === "fail" || isIll && reason !== "RollingOut") return "Degraded";
  return "Progressing";
}
function lowestVersion(picture) {
  const versions = picture.members.flatMap(
    ({ report }) => report === void 0 || report.version === "" ? [] : [report.version]
  );
  return versions.sort((a, b) => a.localeCompare(b, "en", { numeric: true }))[0];
}
function memberEndpoints(input, picture) {
  return picture.members.flatMap(
    ({ name, ordinal, workload }) => workload === void 0 || ordinal === void 0 ? [] : [input.settings.addresses.of(input.cluster, name, ordinal).clientUrl]
  );
}
function warningsOf({ cluster }, picture) {
  const { size } = cluster.spec;
  const found = [];
  if (size % 2 === 0) {
    found.push(`size ${size} is even: it survives no more failures than ${size - 1}`);
  }
  for (const { name, listed: listed2, ordinal, report } of picture.members) {
    if (listed2 !== void 0 && ordinal === void 0) {
      found.push(`member ${name} was not added by the operator and is left alone`);
    }
    for (const alarm of report?.alarms ?? []) found.push(`member ${name}: alarm ${alarm}`);
  }
  return found;
}
function failoverStatus({ cluster, observed }) {
  const before = cluster.status?.failover;
  const last = observed.failovers.at(-1);
  if (last === void 0) return before;
  const beforeMs = before === void 0 ? -1 : Date.parse(before.lastTime);
  const added = observed.failovers.filter(
    ({ atMs }) => Math.floor(atMs / 1e3) * 1e3 > beforeMs
  ).length;
  if (before !== void 0 && added === 0) return before;
  return {
    count: (before?.count ?? 0) + added,
    lastTime: isoSeconds(last.atMs),
    leader: last.leader.toString(16),
    term: last.term,
    candidate: last.candidate,
    evidence: last.evidence
  };
}

// src/operator/reconcile/safety.ts
function disturbedVoter(picture, except) {
  return voters(picture).find((member) => member !== except && !member.health.isHealthy);
}
function canRemove(picture, member) {
  if (member.isLearner) return true;
  const others = voters(picture).filter((one) => one !== member);
  return others.length > 0 && healthyCount(others) >= quorumOf(others.length);
}
function canPromote(picture, learner) {
  const after = [...voters(picture), learner];
  return learner.health.isHealthy && healthyCount(after) >= quorumOf(after.length);
}
function canAdd(picture) {
  const present = voters(picture);
  return healthyCount(present) + 1 >= quorumOf(present.length + 1);
}
function transferee(picture, from) {
  const able = voters(picture).filter((member) => member !== from && member.health.isHealthy);
  return able.sort(
    (a, b) => Number(b.isUpdated) - Number(a.isUpdated) || (b.report?.raftIndex ?? 0) - (a.report?.raftIndex ?? 0) || (a.ordinal ?? Infinity) - (b.ordinal ?? Infinity)
  )[0];
}
function healthyCount(members) {
  return members.filter(({ health }) => health.isHealthy).length;
}

// src/operator/reconcile/member-changes.ts
function planRemoval(picture, member, reason, why) {
  if (member.listed === void 0) return { then: "continue" };
  if (!canRemove(picture, member)) {
    return waitFor(reason, `${member.name} cannot be removed yet: the others are not a quorum`);
  }
  if (member.isLeader) return planHandOver(picture, member, reason);
  const removal = {
    kind: "remove-member",
    memberName: member.name,
    memberId: member.listed.id,
    via: via(picture).filter((name) => name !== member.name)
  };
  const type = member.isVolumeLost ? "Warning" : "Normal";
  const message = `removed member ${member.name} (${member.listed.id.toString(16)}): ${why}`;
  return {
    then: "act",
    reason,
    actions: [
      removal,
      ...member.isVolumeLost ? [event("Warning", "VolumeLost", why)] : [],
      event(type, "MemberRemoved", message)
    ]
  };
}
function planHandOver(picture, leader, reason) {
  const target = transferee(picture, leader);
  if (target?.listed === void 0) {
    return waitFor(reason, `no healthy member can take over from the leader ${leader.name}`);
  }
  return {
    then: "act",
    reason,
    actions: [
      {
        kind: "move-leader",
        fromName: leader.name,
        toName: target.name,
        toId: target.listed.id,
        via: [leader.name]
      },
      event("Normal", "LeaderMoved", `moved leadership from ${leader.name} to ${target.name}`)
    ]
  };
}
function waitFor(reason, message) {
  return { then: "wait", ms: reconcileLimits.settleWaitMs, reason, message };
}
function event(type, reason, message) {
  return { kind: "emit-event", type, reason, message };
}

// src/operator/reconcile/steps/await-health.ts
function awaitHealth(input) {
  const ill = input.picture.members.find(
    ({ listed: listed2, health }) => listed2 !== void 0 && !health.isHealthy
  );
  if (ill === void 0 || ill.health.isHealthy) return { then: "continue" };
  return waitFor("WaitingForHealth", `${ill.name}: ${ill.health.reason}`);
}

// src/operator/reconcile/steps/await-record.ts
function awaitRecord({ cluster, picture }) {
  if (!picture.hasFormed || (cluster.status?.clusterID ?? "") !== "") return { then: "continue" };
  return {
    then: "wait",
    ms: reconcileLimits.recordWaitMs,
    reason: "Bootstrapping",
    message: "the cluster has formed; its id is being recorded"
  };
}

// src/operator/resources/owner.ts
function ownerReference(cluster) {
  return {
    apiVersion,
    kind: clusterKind,
    name: cluster.metadata.name,
    uid: cluster.metadata.uid,
    controller: true,
    blockOwnerDeletion: true
  };
}

// src/operator/resources/member-volume-claim.ts
function memberVolumePlan(cluster, member) {
  const { accessModes, storageClassName, volumeSizeRequest, retentionPolicy } = cluster.spec.storageSpec;
  const isOwned = retentionPolicy.whenDeleted === "Delete";
  return {
    memberName: member,
    accessModes,
    storageClassName,
    sizeRequest: volumeSizeRequest,
    isOwned,
    hash: contentHash({ accessModes, storageClassName, volumeSizeRequest, isOwned })
  };
}
function memberVolumeClaim(cluster, plan) {
  return {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: {
      name: claimName(plan.memberName),
      namespace: cluster.metadata.namespace,
      labels: memberLabels(cluster, plan.memberName),
      annotations: { [annotationKeys.hash]: plan.hash },
      ...plan.isOwned && { ownerReferences: [ownerReference(cluster)] }
    },
    spec: {
      accessModes: [plan.accessModes],
      ...plan.storageClassName !== void 0 && { storageClassName: plan.storageClassName },
      resources: { requests: { storage: plan.sizeRequest } }
    }
  };
}

// src/operator/reconcile/member-plans.ts
function memberPlan(input, picture, member) {
  const { cluster, settings } = input;
  return {
    ...member,
    ...settings.addresses.of(cluster, member.name, member.ordinal),
    image: picture.image,
    etcdOptions: cluster.spec.etcdOptions,
    medium: cluster.spec.storageSpec.medium,
    templateHash: picture.templateHash
  };
}
function joiningBirth(input, picture, name) {
  const { cluster, settings } = input;
  const listed2 = picture.members.filter((member) => member.listed !== void 0);
  const known = picture.members.filter(
    (member) => member.workload !== void 0 || member.name === name
  );
  const initialCluster = listed2.length > 0 ? listed2.flatMap(
    (member) => (member.listed?.peerUrls ?? []).map((peerUrl) => ({
      name: safeName(member.name),
      peerUrl
    }))
  ) : known.map(({ name: name2, ordinal }) => ({
    name: name2,
    peerUrl: settings.addresses.of(cluster, name2, ordinal ?? 0).peerUrl
  }));
  return {
    initialCluster,
    initialClusterState: "existing",
    initialClusterToken: cluster.metadata.uid
  };
}
function safeName(name) {
  return name.replace(/[=,]/g, "_");
}
function freeOrdinals(input, picture, count, mayReuse) {
  const { cluster, observed } = input;
  const taken = /* @__PURE__ */ new Set([
    ...observed.takenNames,
    ...observed.volumes.map((volume) => volume.memberName),
    ...observed.instances.map((instance) => instance.memberName),
    ...picture.members.map(({ name }) => name)
  ]);
  const found = [];
  for (let ordinal = 0; ordinal < reconcileLimits.ordinalsMax; ordinal += 1) {
    if (found.length === count) break;
    const name = memberName(cluster, ordinal);
    if (!taken.has(name) || mayReuse(name)) found.push(ordinal);
  }
  return found;
}

// src/operator/reconcile/steps/bootstrap-members.ts
function bootstrapMembers(input) {
  const { picture } = input;
  if (picture.hasFormed) return { then: "continue" };
  const founders = foundersOf(input, picture);
  const missing = missingVolumes(input, founders);
  if (missing.length > 0) return { then: "act", reason: "Bootstrapping", actions: missing };
  const actions = founders.flatMap(({ name, ordinal }) => {
    const member = picture.members.find((one) => one.name === name);
    const workload = member?.workload;
    if (workload?.isBeingDeleted === true || workload?.templateHash === picture.templateHash) {
      return [];
    }
    if (workload !== void 0 && mayBeForming(input, member)) return [];
    const birth = workload?.birth ?? birthOf(input, founders);
    const volumeId = workload?.volumeId ?? volumeIdFor(input, name);
    const plan = memberPlan(input, picture, { name, ordinal, birth, volumeId });
    return [{ kind: "ensure-member", member: plan }];
  });
  if (actions.length === 0) {
    return {
      then: "wait",
      ms: reconcileLimits.settleWaitMs,
      reason: "Bootstrapping",
      message: `${founders.length} members are starting`
    };
  }
  return { then: "act", reason: "Bootstrapping", actions: [...actions, announce(founders)] };
}
function foundersOf(input, picture) {
  const { cluster, observed } = input;
  const frozen = observed.workloads.find(({ birth }) => birth.initialClusterState === "new")?.birth;
  if (frozen !== void 0) {
    return frozen.initialCluster.flatMap(({ name }) => {
      const ordinal = maybeOrdinal(cluster, name);
      return ordinal === void 0 ? [] : [{ name, ordinal }];
    });
  }
  const isOurs = (name) => !observed.takenNames.includes(name) && observed.volumes.every((volume) => volume.memberName !== name || isUsable(volume));
  return freeOrdinals(input, picture, cluster.spec.size, isOurs).map((ordinal) => ({
    name: memberName(cluster, ordinal),
    ordinal
  }));
}
function isUsable(volume) {
  return !volume.isRetained && volume.state !== "deleting" && volume.state !== "lost";
}
function mayBeForming({ cluster }, member) {
  if (cluster.spec.storageSpec.medium !== "Memory" || member?.instance === void 0) return false;
  return !member.instance.isGated && !isStuck(member.instance);
}
function missingVolumes(input, founders) {
  const { cluster, observed } = input;
  if (cluster.spec.storageSpec.medium === "Memory") return [];
  return founders.filter(
    ({ name }) => !observed.workloads.some((one) => one.memberName === name) && !observed.volumes.some((one) => one.memberName === name && !one.isRetained)
  ).map(({ name }) => ({ kind: "ensure-volume", volume: memberVolumePlan(cluster, name) }));
}
function birthOf(input, founders) {
  const { cluster, settings, observed } = input;
  const frozen = observed.workloads.find(({ birth }) => birth.initialClusterState === "new")?.birth;
  if (frozen !== void 0) return frozen;
  return {
    initialCluster: founders.map(({ name, ordinal }) => ({
      name,
      peerUrl: settings.addresses.of(cluster, name, ordinal).peerUrl
    })),
    initialClusterState: "new",
    initialClusterToken: cluster.metadata.uid
  };
}
function volumeIdFor({ cluster, observed }, name) {
  if (cluster.spec.storageSpec.medium === "Memory") return "";
  return observed.volumes.find((one) => one.memberName === name && !one.isRetained)?.id ?? "";
}
function announce(founders) {
  return {
    kind: "emit-event",
    type: "Normal",
    reason: "BootstrapStarted",
    message: `forming a new cluster of ${founders.map(({ name }) => name).join(", ")}`
  };
}

// src/operator/reconcile/steps/delete-cluster.ts
function deleteCluster({ cluster }) {
  if (!cluster.metadata.isBeingDeleted) return { then: "continue" };
  return {
    then: "wait",
    ms: reconcileLimits.pausedWaitMs,
    reason: "Deleting",
    message: "the cluster is being deleted"
  };
}

// src/operator/resources/disruption-budget.ts
function disruptionBudget(cluster, voters2) {
  return {
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: {
      name: disruptionBudgetName(cluster),
      namespace: cluster.metadata.namespace,
      labels: clusterLabels(cluster),
      ownerReferences: [ownerReference(cluster)]
    },
    spec: {
      minAvailable: voters2 <= 1 ? 0 : Math.floor(voters2 / 2) + 1,
      unhealthyPodEvictionPolicy: "IfHealthyBudget",
      selector: { matchLabels: { ...clusterSelector(cluster) } }
    }
  };
}

// src/operator/reconcile/plan-objects.ts
function planObjects({ observed }, objects, reason) {
  const actions = objects.flatMap((object) => {
    const hash = contentHash(object);
    const kind = object.kind ?? "";
    const name = object.metadata?.name ?? "";
    const present = observed.objects.find((one) => one.kind === kind && one.name === name);
    if (present?.hash === hash || present?.isBeingDeleted === true) return [];
    const annotations = { ...object.metadata?.annotations, [annotationKeys.hash]: hash };
    const metadata = Object.assign({}, object.metadata, { annotations });
    const applied = { ...object, metadata };
    const verb = present === void 0 ? "created" : "changed";
    return [
      { kind: "apply-object", object: applied, hash },
      { kind: "emit-event", type: "Normal", reason, message: `${verb} ${kind} ${name}` }
    ];
  });
  if (actions.length === 0) return { then: "continue" };
  return { then: "act", reason: "ApplyingServices", actions };
}

// src/operator/reconcile/steps/ensure-disruption-budget.ts
function ensureDisruptionBudget(input) {
  const { picture } = input;
  if (picture.hasFormed && picture.list === void 0 && hasBudget(input)) {
    return { then: "continue" };
  }
  const count = Math.max(input.cluster.spec.size, voters(picture).length);
  return planObjects(input, [disruptionBudget(input.cluster, count)], "DisruptionBudgetApplied");
}
function hasBudget({ observed }) {
  return observed.objects.some(({ kind }) => kind === "PodDisruptionBudget");
}

// src/operator/resources/client-service.ts
function clientService(cluster) {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: {
      name: clientServiceName(cluster),
      namespace: cluster.metadata.namespace,
      labels: clusterLabels(cluster),
      ownerReferences: [ownerReference(cluster)]
    },
    spec: {
      type: "ClusterIP",
      selector: { ...clusterSelector(cluster) },
      ports: [{ name: "client", port: ports.client, targetPort: "client", protocol: "TCP" }]
    }
  };
}

// src/operator/resources/peer-service.ts
function peerService(cluster) {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: {
      name: peerServiceName(cluster),
      namespace: cluster.metadata.namespace,
      labels: clusterLabels(cluster),
      ownerReferences: [ownerReference(cluster)]
    },
    spec: {
      clusterIP: "None",
      publishNotReadyAddresses: true,
      selector: { ...clusterSelector(cluster) },
      ports: [
        { name: "client", port: ports.client, targetPort: "client", protocol: "TCP" },
        { name: "peer", port: ports.peer, targetPort: "peer", protocol: "TCP" },
        { name: "metrics", port: ports.metrics, targetPort: "metrics", protocol: "TCP" }
      ]
    }
  };
}

// src/operator/reconcile/steps/ensure-services.ts
function ensureServices(input) {
  const { cluster } = input;
  const services = [peerService(cluster), clientService(cluster)];
  return planObjects(input, services, "ServiceApplied");
}

// src/operator/reconcile/steps/ensure-volumes.ts
function ensureVolumes(input) {
  if (input.cluster.spec.storageSpec.medium === "Memory") return { then: "continue" };
  for (const { name, volume } of ownMembers(input.picture)) {
    const plan = memberVolumePlan(input.cluster, name);
    if (volume?.state !== "bound" || volume.hash === plan.hash) continue;
    const message = `volume of ${name}: ${plan.sizeRequest} requested`;
    return {
      then: "act",
      reason: "ExpandingVolumes",
      actions: [
        { kind: "ensure-volume", volume: plan },
        event("Normal", "VolumeExpanded", message)
      ]
    };
  }
  return { then: "continue" };
}

// src/operator/failover/bounds.ts
var failoverBounds = Object.freeze({
  /** Heartbeats that a quorum of survivors must have missed before silence counts as death. */
  silentHeartbeats: 5,
  /** Survivors' words older than this many heartbeats are not evidence. */
  reportHeartbeatsMax: 10,
  /** Attempts against one leader of one term: a heartbeat on its way can undo the first. */
  attemptsPerTerm: 3,
  /** Between two attempts against the same leader; an election needs a round trip and a sync. */
  attemptIntervalMs: 200,
  /** Failovers per window: a flapping network must not become an election storm. */
  failoversPerWindow: 5,
  windowMs: 6e4,
  /** Records kept for the two limits above. */
  recordsMax: 20,
  /** After the call: look again soon, the survivors' reports will tell. */
  afterwardsMs: 100
});

// src/operator/failover/choose-candidate.ts
function chooseCandidate(survivors) {
  let best;
  for (const survivor of survivors) {
    if (best === void 0 || isMoreUpToDate(survivor.report, best.report)) best = survivor;
  }
  return best;
}
function isMoreUpToDate(a, b) {
  if (a.lastTerm !== b.lastTerm) return a.lastTerm > b.lastTerm;
  if (a.lastIndex !== b.lastIndex) return a.lastIndex > b.lastIndex;
  return a.memberId < b.memberId;
}

// src/operator/failover/evidence.ts
function examineLeader(accused, survivors, quorum, heartbeatMs, nowMs) {
  const { stream, memberId, term } = accused;
  const isConnected = stream?.state.kind === "connected";
  const last = stream?.last;
  const isFresh = last !== void 0 && nowMs - last.receivedMs <= failoverBounds.silentHeartbeats * heartbeatMs;
  if (isConnected && isFresh && last.leader === memberId && last.term >= term) {
    return { isDead: false, why: "it says that it leads" };
  }
  const gone = stream && processGone(accused, stream);
  if (gone !== void 0) return { isDead: true, evidence: gone };
  const silentMs = failoverBounds.silentHeartbeats * heartbeatMs;
  const silent = survivors.filter((report) => leaderSilenceMs(report, nowMs) > silentMs);
  if (silent.length < quorum) return { isDead: false, why: "a quorum has heard it lately" };
  const hasDenied = isConnected && isFresh && last.leader !== memberId;
  return { isDead: true, evidence: hasDenied ? "ProcessRestarted" : "Silent" };
}
function processGone(accused, stream) {
  const { instance } = accused;
  if (stream.state.kind === "connected") return void 0;
  if (instance === void 0 || instance.uid !== stream.instanceUid) return "PodGone";
  if (instance.container.state === "terminated") return "ContainerEnded";
  if (instance.isNodeGone) return "NodeGone";
  if (stream.state.kind === "broken" && stream.state.isRefused) return "ConnectionRefused";
  return void 0;
}
function leaderSilenceMs(report, nowMs) {
  return report.millisSinceLeaderHeard + (nowMs - report.receivedMs);
}

// src/operator/failover/rate-limit.ts
function failoverDelayMs(records, accused, nowMs) {
  const same = records.filter(
    ({ leader, term }) => leader === accused.leader && term === accused.term
  );
  if (same.length >= failoverBounds.attemptsPerTerm) return void 0;
  const lastMs = same.at(-1)?.atMs;
  const sinceLast = lastMs === void 0 ? Infinity : nowMs - lastMs;
  const interval = Math.max(0, failoverBounds.attemptIntervalMs - sinceLast);
  if (same.length > 0) return interval;
  const recent = distinctFailovers(records).filter(
    ({ atMs }) => nowMs - atMs < failoverBounds.windowMs
  );
  if (recent.length < failoverBounds.failoversPerWindow) return interval;
  const oldest = recent.at(-failoverBounds.failoversPerWindow);
  return oldest === void 0 ? 0 : oldest.atMs + failoverBounds.windowMs - nowMs;
}
function distinctFailovers(records) {
  return records.filter(
    (record, at) => records.findIndex(({ leader, term }) => leader === record.leader && term === record.term) === at
  );
}

// src/operator/reconcile/steps/forget-dead-leader.ts
var heartbeatMsDefault = 100;
function forgetDeadLeader(input) {
  const { cluster, observed, nowMs, settings } = input;
  if (!cluster.spec.fastFailover.enabled || !settings.fastFailover) return { then: "continue" };
  const list = lastKnownList(input);
  if (list === void 0) return { then: "continue" };
  const heartbeatMs = heartbeatOf(cluster.spec.etcdOptions);
  const votersListed = list.filter(({ isLearner }) => !isLearner);
  const quorum = quorumOf(votersListed.length);
  const watched = watchedVoters(votersListed, observed.streams, heartbeatMs, nowMs);
  const suspect = suspectOf(watched);
  if (suspect === void 0) return { then: "continue" };
  const { leaderId, term } = suspect;
  const survivors = watched.filter(
    ({ report }) => report.memberId !== leaderId && report.term === term
  );
  if (survivors.some(({ report }) => report.leader !== leaderId && report.leader !== 0n)) {
    return { then: "continue" };
  }
  if (survivors.length < quorum) return { then: "continue" };
  const streamOfLeader = observed.streams.findLast(({ last }) => last?.memberId === leaderId);
  const verdict = examineLeader(
    {
      memberId: leaderId,
      term,
      stream: streamOfLeader,
      instance: observed.instances.find(({ uid }) => uid === streamOfLeader?.instanceUid)
    },
    survivors.map(({ report }) => report),
    quorum,
    heartbeatMs,
    nowMs
  );
  if (!verdict.isDead) return { then: "continue" };
  const delay = failoverDelayMs(observed.failovers, { leader: leaderId, term }, nowMs);
  if (delay === void 0) return { then: "continue" };
  if (delay > 0) {
    if (delay > failoverBounds.attemptIntervalMs) return { then: "continue" };
    return { then: "wait", ms: delay, reason: "FailingOver", message: "next attempt is due soon" };
  }
  const leaderName = list.find(({ id }) => id === leaderId)?.name ?? "";
  return forget(leaderName, suspect, verdict.evidence, survivors, quorum - 1);
}
function forget(leaderName, { leaderId, term }, evidence, survivors, needed) {
  const candidate = chooseCandidate(survivors);
  if (candidate === void 0) return { then: "continue" };
  const forgetters = survivors.filter((one) => one !== candidate).map(({ name }) => name);
  const message = `leader ${leaderName} (${leaderId.toString(16)}, term ${term}) is dead: ${evidence}; ${[candidate.name, ...forgetters].join(", ")} forgot it, ${candidate.name} campaigns`;
  return {
    then: "act",
    reason: "FailingOver",
    actions: [
      {
        kind: "forget-leader",
        leaderName,
        leaderId,
        term,
        evidence,
        candidate: candidate.name,
        forgetters,
        needed
      },
      { kind: "emit-event", type: "Warning", reason: "LeaderForgotten", message }
    ]
  };
}
function watchedVoters(listed2, streams, heartbeatMs, nowMs) {
  const ageMax = failoverBounds.reportHeartbeatsMax * heartbeatMs;
  return streams.flatMap(({ memberName: memberName2, state, last }) => {
    if (state.kind !== "connected" || last === void 0) return [];
    if (nowMs - last.receivedMs > ageMax) return [];
    if (!listed2.some(({ id }) => id === last.memberId)) return [];
    return [{ name: memberName2, report: last }];
  });
}
function suspectOf(watched) {
  const term = Math.max(0, ...watched.map(({ report }) => report.term));
  const follower = watched.find(
    ({ report }) => report.term === term && report.leader !== 0n && report.leader !== report.memberId
  );
  return follower && { leaderId: follower.report.leader, term };
}
function lastKnownList(input) {
  let best;
  for (const view of input.observed.views) {
    if (view.kind !== "reported" || view.report.memberList === void 0) continue;
    const index = view.report.raftAppliedIndex;
    if (best === void 0 || index > best.index) {
      best = { index, members: view.report.memberList.members };
    }
  }
  return best?.members;
}
function heartbeatOf(options) {
  const value = Number(optionValue(options, "heartbeat-interval"));
  return Number.isInteger(value) && value > 0 ? value : heartbeatMsDefault;
}

// src/operator/reconcile/steps/pause.ts
function pause({ cluster }) {
  if (cluster.metadata.annotations[reconcileAnnotation] !== "disabled") return { then: "continue" };
  return {
    then: "wait",
    ms: reconcileLimits.pausedWaitMs,
    reason: "Paused",
    message: `annotation ${reconcileAnnotation}: disabled`
  };
}

// src/operator/reconcile/wanted-members.ts
function wantedMembers(input, picture) {
  const { size, storageSpec } = input.cluster.spec;
  if (storageSpec.medium !== "Memory") return size;
  const hasOutdated = ownMembers(picture).some(
    ({ workload, isUpdated }) => workload !== void 0 && !isUpdated
  );
  return hasOutdated ? size + 1 : size;
}

// src/operator/reconcile/steps/promote-learner.ts
function promoteLearner(input) {
  const { picture } = input;
  const learner = learners(picture).find(({ ordinal }) => ordinal !== void 0);
  if (learner?.listed === void 0) return { then: "continue" };
  if (ownMembers(picture).length > wantedMembers(input, picture)) return { then: "continue" };
  const { name, listed: listed2, report, health } = learner;
  if (!health.isHealthy) return waitFor("PromotingMember", `learner ${name}: ${health.reason}`);
  if (!hasCaughtUp(picture, report?.raftAppliedIndex ?? 0)) {
    return waitFor("PromotingMember", `learner ${name} is catching up`);
  }
  if (!canPromote(picture, learner)) {
    return waitFor("PromotingMember", `too many voters are unhealthy to promote ${name}`);
  }
  return {
    then: "act",
    reason: "PromotingMember",
    actions: [
      { kind: "promote-member", memberName: name, memberId: listed2.id, via: via(picture) },
      event("Normal", "MemberPromoted", `${name} has caught up and votes now`)
    ]
  };
}
function hasCaughtUp(picture, appliedIndex) {
  return appliedIndex >= picture.leaderIndex * reconcileLimits.promoteRatio;
}

// src/operator/reconcile/steps/remove-leftovers.ts
function removeLeftovers(input) {
  const { picture } = input;
  const removed = picture.members.filter(({ listed: listed2 }) => listed2 === void 0);
  for (const { name, workload } of removed) {
    if (workload === void 0 || workload.isBeingDeleted) continue;
    return act([
      { kind: "delete-member", memberName: name, uid: workload.uid },
      event("Normal", "WorkloadDeleted", `stopped ${name}: it is not a member any more`)
    ]);
  }
  for (const member of removed) {
    const { name, workload, instance, volume } = member;
    if (workload !== void 0) return waitFor("RemovingMember", `${name} is being deleted`);
    if (volume === void 0) continue;
    if (instance !== void 0) {
      return waitFor("RemovingMember", `the process of ${name} is stopping`);
    }
    if (volume.state !== "deleting") return act(releaseVolume(input, member));
  }
  return { then: "continue" };
}
function releaseVolume(input, { name, volume }) {
  const volumeId = volume?.id ?? "";
  const isKept = input.cluster.spec.storageSpec.retentionPolicy.whenScaled === "Retain";
  if (isKept && volume?.state !== "lost") {
    return [
      { kind: "retain-volume", memberName: name, volumeId },
      event("Normal", "VolumeRetained", `kept the volume of ${name}; its name is not used again`)
    ];
  }
  return [
    { kind: "delete-volume", memberName: name, volumeId },
    event("Normal", "VolumeDeleted", `deleted the volume of ${name}`)
  ];
}
function act(actions) {
  return { then: "act", reason: "RemovingMember", actions };
}

// src/operator/reconcile/steps/replace-lost.ts
function replaceLost(input) {
  const { picture } = input;
  const lost = ownMembers(picture).find(({ isVolumeLost: isVolumeLost2 }) => isVolumeLost2);
  if (lost === void 0) return { then: "continue" };
  return planRemoval(
    picture,
    lost,
    "ReplacingMember",
    `the volume of ${lost.name} is lost; a new member takes its place`
  );
}

// src/operator/reconcile/steps/require-quorum.ts
function requireQuorum(input) {
  const { picture } = input;
  if (picture.clusterIdConflict !== void 0) {
    return {
      then: "fail",
      reason: "ClusterIdMismatch",
      message: `members speak of different clusters: ${picture.clusterIdConflict}`
    };
  }
  if (picture.list !== void 0 && picture.leader !== void 0) return { then: "continue" };
  return {
    then: "wait",
    ms: reconcileLimits.settleWaitMs,
    reason: "WaitingForQuorum",
    message: "no quorum of members answers"
  };
}

// src/operator/reconcile/steps/restart-bootstrap.ts
function restartBootstrap(input) {
  const { picture, cluster, observed } = input;
  if (picture.hasFormed || cluster.spec.storageSpec.medium !== "Memory") {
    return { then: "continue" };
  }
  if (observed.workloads.some(({ isBeingDeleted }) => isBeingDeleted)) {
    const rest = observed.workloads.filter(({ isBeingDeleted }) => !isBeingDeleted);
    if (rest.length === 0) return waitFor("Bootstrapping", "the first founders are stopping");
    return { then: "act", reason: "Bootstrapping", actions: rest.map(deletion) };
  }
  const stopping = observed.instances.some(
    ({ memberName: memberName2 }) => !observed.workloads.some((one) => one.memberName === memberName2)
  );
  if (stopping) return waitFor("Bootstrapping", "the first founders are stopping");
  const [first] = observed.workloads;
  if (first === void 0) return { then: "continue" };
  const founders = first.birth.initialCluster.length;
  const lost = picture.members.filter(({ isVolumeLost: isVolumeLost2 }) => isVolumeLost2).length;
  if (founders - lost >= quorumOf(founders)) return { then: "continue" };
  const why = `${lost} of ${founders} founders lost their memory before the cluster had formed`;
  return {
    then: "act",
    reason: "Bootstrapping",
    actions: [
      ...observed.workloads.map(deletion),
      event("Warning", "BootstrapStarted", `${why}; starting over`)
    ]
  };
}
function deletion(workload) {
  const { memberName: memberName2, uid } = workload;
  return { kind: "delete-member", memberName: memberName2, uid };
}

// src/operator/reconcile/steps/restore-workloads.ts
function restoreWorkloads(input) {
  const { picture } = input;
  if (!picture.hasFormed) return { then: "continue" };
  for (const member of workloadless(input, picture)) {
    const { ordinal, name, volume } = member;
    if (ordinal === void 0 || member.isVolumeLost) continue;
    if (member.instance?.isBeingDeleted === true) {
      return waitFor2(`the old process of ${name} is still there`);
    }
    const isMemory = input.cluster.spec.storageSpec.medium === "Memory";
    if (!isMemory && volume === void 0) {
      const plan2 = memberVolumePlan(input.cluster, name);
      return act2([{ kind: "ensure-volume", volume: plan2 }]);
    }
    if (!isMemory && volume?.state === "deleting") {
      return waitFor2(`the old volume of ${name} is still there`);
    }
    const birth = joiningBirth(input, picture, name);
    const volumeId = isMemory ? "" : volume?.id ?? "";
    const plan = memberPlan(input, picture, { name, ordinal, birth, volumeId });
    return act2([{ kind: "ensure-member", member: plan }, announce2(name)]);
  }
  return { then: "continue" };
}
function workloadless(input, picture) {
  const candidates = picture.list === void 0 ? picture.members.filter(({ volume }) => volume?.state === "bound") : ownMembers(picture).filter((member) => !isSurplusLearner(input, picture, member));
  return candidates.filter(({ workload }) => workload === void 0);
}
function isSurplusLearner(input, picture, member) {
  return member.isLearner && ownMembers(picture).length > wantedMembers(input, picture);
}
function act2(actions) {
  return { then: "act", reason: "AddingMember", actions };
}
function waitFor2(message) {
  return { then: "wait", ms: reconcileLimits.settleWaitMs, reason: "AddingMember", message };
}
function announce2(name) {
  return {
    kind: "emit-event",
    type: "Normal",
    reason: "MemberStarted",
    message: `started member ${name}`
  };
}

// src/operator/reconcile/steps/roll-out.ts
function rollOut(input) {
  if (input.cluster.spec.storageSpec.medium === "Memory") return { then: "continue" };
  const { picture } = input;
  const next = nextOutdated(ownMembers(picture));
  if (next === void 0) return { then: "continue" };
  const disturbed = disturbedVoter(picture, next);
  if (disturbed !== void 0) return waitFor("RollingOut", waitingFor(disturbed));
  if (next.isLeader && voters(picture).length > 1) return planHandOver(picture, next, "RollingOut");
  return update(input, picture, next, "RollingOut");
}
function rollOutStopped(input) {
  if (input.cluster.spec.storageSpec.medium === "Memory") return { then: "continue" };
  const { picture } = input;
  if (!picture.hasFormed) return { then: "continue" };
  const stopped = picture.members.find(
    (member) => !member.isUpdated && !member.isVolumeLost && isStopped(member)
  );
  if (stopped === void 0) return { then: "continue" };
  return update(input, picture, stopped, "RollingOut");
}
function isStopped({ workload, instance, ordinal }) {
  if (workload === void 0 || workload.isBeingDeleted || ordinal === void 0) return false;
  if (instance === void 0 || instance.isBeingDeleted) return false;
  return isStuck(instance);
}
function nextOutdated(members) {
  const outdated = members.filter(
    ({ workload, isUpdated }) => workload !== void 0 && !workload.isBeingDeleted && !isUpdated
  );
  const rank = (member) => {
    if (member.isLeader) return 0;
    return member.health.isHealthy && !member.isLearner ? 1 : 2;
  };
  return outdated.sort((a, b) => rank(b) - rank(a) || (b.ordinal ?? 0) - (a.ordinal ?? 0))[0];
}
function update(input, picture, member, reason) {
  const { workload } = member;
  if (workload === void 0) return { then: "continue" };
  const { birth, volumeId, ordinal } = workload;
  const plan = memberPlan(input, picture, { name: member.name, ordinal, birth, volumeId });
  const message = `${member.name} gets template ${picture.templateHash}`;
  return {
    then: "act",
    reason,
    actions: [{ kind: "ensure-member", member: plan }, event("Normal", "RollOutMember", message)]
  };
}
function waitingFor(member) {
  const why = member.health.isHealthy ? "" : `: ${member.health.reason}`;
  return `the next member waits for ${member.name}${why}`;
}

// src/operator/reconcile/steps/scale-members.ts
function scaleMembers(input) {
  const { picture } = input;
  const own = ownMembers(picture);
  if (own.length > input.cluster.spec.size) {
    const surplus = own.length > wantedMembers(input, picture) || !hasLearner(own);
    if (surplus) return scaleIn(input, picture, own);
  }
  if (own.length < wantedMembers(input, picture)) return scaleOut(input, picture, own);
  return { then: "continue" };
}
function scaleOut(input, picture, own) {
  if (hasLearner(own)) return { then: "continue" };
  if (!canAdd(picture)) {
    return waitFor("AddingMember", "too many voters are unhealthy to add a member");
  }
  const [ordinal] = freeOrdinals(input, picture, 1, () => false);
  if (ordinal === void 0) {
    return { then: "fail", reason: "AddingMember", message: "no member name is free" };
  }
  const name = memberName(input.cluster, ordinal);
  const { peerUrl } = input.settings.addresses.of(input.cluster, name, ordinal);
  return {
    then: "act",
    reason: "AddingMember",
    actions: [
      { kind: "add-learner", memberName: name, peerUrl, via: via(picture) },
      event("Normal", "LearnerAdded", `added ${name} as a learner`)
    ]
  };
}
function scaleIn(input, picture, own) {
  const victim = victimOf(own);
  if (victim === void 0) return { then: "continue" };
  const disturbed = disturbedVoter(picture, victim);
  if (disturbed !== void 0 && !victim.isLearner && victim.health.isHealthy) {
    return waitFor("RemovingMember", `waiting for ${disturbed.name} before removing a member`);
  }
  const { size } = input.cluster.spec;
  return planRemoval(picture, victim, "RemovingMember", `the cluster is scaled to ${size}`);
}
function victimOf(own) {
  const rank = (member) => Number(member.isLearner) * 4 + Number(!member.health.isHealthy) * 2 + Number(!member.isUpdated && member.workload !== void 0);
  return [...own].sort((a, b) => rank(b) - rank(a) || (b.ordinal ?? 0) - (a.ordinal ?? 0))[0];
}
function hasLearner(own) {
  return own.some(({ isLearner }) => isLearner);
}

// src/operator/reconcile/steps/track-volumes.ts
function trackVolumes({ observed }) {
  const actions = observed.workloads.flatMap((workload) => {
    const { memberName: memberName2, volumeId, isBeingDeleted } = workload;
    if (isBeingDeleted) return [];
    const volume = observed.volumes.find(
      (one) => one.memberName === memberName2 && !one.isRetained && one.state !== "deleting"
    );
    if (volumeId === "" && volume !== void 0) {
      return [{ kind: "record-volume", memberName: memberName2, volumeId: volume.id }];
    }
    const gated = observed.instances.find(
      (one) => one.memberName === memberName2 && one.isGated && !one.isBeingDeleted
    );
    if (gated === void 0 || gated.uid !== volumeId) return [];
    return [
      {
        kind: "start-instance",
        memberName: memberName2,
        instanceName: gated.name,
        instanceUid: gated.uid
      }
    ];
  });
  if (actions.length === 0) return { then: "continue" };
  return { then: "act", reason: "TrackingVolumes", actions };
}

// src/operator/reconcile/reconcile.ts
var steps = [
  deleteCluster,
  pause,
  forgetDeadLeader,
  ensureServices,
  ensureDisruptionBudget,
  restartBootstrap,
  trackVolumes,
  bootstrapMembers,
  awaitRecord,
  rollOutStopped,
  restoreWithoutQuorum,
  requireQuorum,
  removeLeftovers,
  replaceLost,
  restoreWorkloads,
  promoteLearner,
  scaleMembers,
  rollOut,
  ensureVolumes,
  awaitHealth
];
function reconcile(input) {
  const plan = { ...input, picture: pictureOf(input) };
  const outcome = firstOutcome(plan, steps);
  const status = statusOf(plan, outcome);
  const actions = [...outcome.then === "act" ? outcome.actions : [], ...notices(input, outcome)];
  return { actions, status, requeueAfterMs: requeueAfterMs(outcome), outcome };
}
function reconcileFailover(input) {
  return firstOutcome(input, [deleteCluster, pause, forgetDeadLeader]);
}
function firstOutcome(input, candidates) {
  for (const step of candidates) {
    const outcome = step(input);
    if (outcome.then !== "continue") return outcome;
  }
  return { then: "continue" };
}
function restoreWithoutQuorum(input) {
  const outcome = requireQuorum(input);
  return outcome.then === "wait" ? restoreWorkloads(input) : { then: "continue" };
}
function requeueAfterMs(outcome) {
  switch (outcome.then) {
    case "act":
      return 0;
    case "wait":
      return outcome.ms;
    case "continue":
    case "fail":
      return reconcileLimits.stableWaitMs;
  }
}
function notices({ cluster }, outcome) {
  const { metadata, spec, status } = cluster;
  const found = [];
  const progressing2 = status?.conditions.find(({ type }) => type === "Progressing");
  const isNewGeneration = status?.observedGeneration !== metadata.generation;
  if (isNewGeneration && spec.size % 2 === 0 && !metadata.isBeingDeleted) {
    found.push({
      kind: "emit-event",
      type: "Warning",
      reason: "EvenSize",
      message: `${spec.size} members survive no more failures than ${spec.size - 1}`
    });
  }
  if (outcome.then === "fail" && progressing2?.message !== outcome.message) {
    found.push({
      kind: "emit-event",
      type: "Warning",
      reason: "Refused",
      message: outcome.message
    });
  }
  if (outcome.then === "wait" && outcome.reason === "Paused" && progressing2?.reason !== outcome.reason) {
    found.push({ kind: "emit-event", type: "Normal", reason: "Paused", message: outcome.message });
  }
  return found;
}

// src/operator/execute/member-actions.ts
var alreadyDone = {
  "add-learner": "Peer URLs already exists",
  "promote-member": "can only promote a learner member",
  "remove-member": "member not found",
  "move-leader": "not leader"
};
var learnerNotReady = "in sync with leader";
async function executeMemberAction(action, clientOf) {
  let failure = new Error(`no member to ask for ${action.kind}`);
  for (const name of action.via) {
    const client = clientOf(name);
    if (client === void 0) continue;
    try {
      await carryOut(action, client);
      return;
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error));
      if (isAlreadyDone(action, failure.message)) return;
    }
  }
  throw failure;
}
function isAlreadyDone(action, message) {
  return message.includes(alreadyDone[action.kind]) && !message.includes(learnerNotReady);
}
function carryOut(action, client) {
  switch (action.kind) {
    case "add-learner":
      return client.addLearner(action.peerUrl);
    case "promote-member":
      return client.promote(action.memberId);
    case "remove-member":
      return client.remove(action.memberId);
    case "move-leader":
      return client.moveLeader(action.toId);
  }
}
async function executeForgetLeader(action, clientOf, log) {
  const answers = [];
  const ask = async (name, campaign) => {
    const did = await askOne(action, name, campaign, clientOf);
    answers.push(`${name}: ${did}`);
    return did === "FORGOTTEN" || did === "ALREADY_LEADERLESS";
  };
  const forgotten = await enough(
    action.forgetters.map((name) => ask(name, false)),
    action.needed
  );
  const campaigned = forgotten && await ask(action.candidate, true);
  log.info("asked the survivors to forget their leader", {
    leader: action.leaderName,
    term: action.term,
    candidate: action.candidate,
    evidence: action.evidence,
    campaigned,
    answers
  });
  return { campaigned, answers };
}
async function askOne(action, name, campaign, clientOf) {
  const client = clientOf(name);
  if (client === void 0) return "no address";
  try {
    const answer = await client.forgetLeader(action.leaderId, action.term, campaign);
    const outcomes = Object.entries(ForgetLeaderResponse_Outcome);
    return outcomes.find(([, value]) => value === answer.outcome)?.[0] ?? "UNKNOWN";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
function enough(answers, needed) {
  if (needed <= 0) return Promise.resolve(true);
  return new Promise((resolve) => {
    let yes = 0;
    let left = answers.length;
    if (left < needed) resolve(false);
    for (const answer of answers) {
      void answer.then((isYes) => {
        left -= 1;
        if (isYes) yes += 1;
        if (yes >= needed) resolve(true);
        else if (yes + left < needed) resolve(false);
      });
    }
  });
}

// src/operator/member-client/member-client.ts
import { Client, credentials, Metadata } from "@grpc/grpc-js";
var CALL_TIMEOUT_MS = 2e3;
var CHANGE_TIMEOUT_MS = 1e4;
var MemberClient = class {
  endpoint;
  #client;
  /** `endpoint` is a client URL such as `http://127.0.0.1:2379`. */
  constructor(endpoint) {
    this.endpoint = endpoint;
    this.#client = new Client(new URL(endpoint).host, credentials.createInsecure(), {
      // A restarted member has a new life: meet it at once instead of after a long back-off.
      "grpc.initial_reconnect_backoff_ms": 20,
      "grpc.min_reconnect_backoff_ms": 20,
      "grpc.max_reconnect_backoff_ms": 500
    });
  }
  close() {
    this.#client.close();
  }
  status() {
    const path = "/etcdserverpb.Maintenance/Status";
    return this.#call(path, encodeStatusRequest, decodeStatusResponse, {});
  }
  /** A linearizable list has a quorum behind it; a serializable one is as old as the member. */
  async memberList(linearizable) {
    const path = "/etcdserverpb.Cluster/MemberList";
    const request = { linearizable };
    const encode = encodeMemberListRequest;
    return (await this.#call(path, encode, decodeMemberListResponse, request)).members;
  }
  /** Names of the alarms raised for one member. */
  async alarmsOf(memberId) {
    const path = "/etcdserverpb.Maintenance/Alarm";
    const request = { action: AlarmRequest_AlarmAction.GET };
    const { alarms } = await this.#call(path, encodeAlarmRequest, decodeAlarmResponse, request);
    const names = Object.entries(AlarmType);
    return alarms.filter((alarm) => alarm.memberID === memberId).map((alarm) => names.find(([, value]) => value === alarm.alarm)?.[0] ?? "UNKNOWN");
  }
  async addLearner(peerUrl) {
    const path = "/etcdserverpb.Cluster/MemberAdd";
    const request = { peerURLs: [peerUrl], isLearner: true };
    await this.#change(path, encodeMemberAddRequest, decodeMemberAddResponse, request);
  }
  async promote(memberId) {
    const path = "/etcdserverpb.Cluster/MemberPromote";
    const request = { ID: memberId };
    await this.#change(path, encodeMemberPromoteRequest, decodeMemberPromoteResponse, request);
  }
  async remove(memberId) {
    const path = "/etcdserverpb.Cluster/MemberRemove";
    const request = { ID: memberId };
    await this.#change(path, encodeMemberRemoveRequest, decodeMemberRemoveResponse, request);
  }
  async moveLeader(targetId) {
    const path = "/etcdserverpb.Maintenance/MoveLeader";
    const request = { targetID: targetId };
    await this.#change(path, encodeMoveLeaderRequest, decodeMoveLeaderResponse, request);
  }
  forgetLeader(leaderId, term, campaign) {
    const path = "/etcdts.v1.Failover/ForgetLeader";
    const request = { leaderId, term, campaign };
    return this.#call(path, encodeForgetLeaderRequest, decodeForgetLeaderResponse, request);
  }
  /** Reports until the returned function is called or the stream ends; `onEnd` is called at most once. */
  observe(onReport, onEnd) {
    const stream = this.#client.makeServerStreamRequest(
      "/etcdts.v1.Failover/Observe",
      (request) => Buffer.from(encodeObserveRequest(request)),
      decodeObserveResponse,
      {},
      new Metadata()
    );
    let ended = false;
    const end = (error) => {
      if (ended) return;
      ended = true;
      onEnd(error);
    };
    stream.on("data", onReport);
    stream.on("error", end);
    stream.on("end", () => end(new Error("the member ended the stream")));
    return () => {
      ended = true;
      stream.cancel();
    };
  }
  #change(path, encode, decode, request) {
    return this.#call(path, encode, decode, request, CHANGE_TIMEOUT_MS);
  }
  #call(path, encode, decode, request, timeoutMs = CALL_TIMEOUT_MS) {
    return new Promise((resolve, reject) => {
      this.#client.makeUnaryRequest(
        path,
        (message) => Buffer.from(encode(message)),
        decode,
        request,
        new Metadata(),
        { deadline: Date.now() + timeoutMs },
        (error, response) => {
          if (error !== null) reject(error);
          else if (response === void 0)
            reject(new Error(`${path}: an answer without a message`));
          else resolve(response);
        }
      );
    });
  }
};

// src/operator/observe/failover-streams.ts
var RECONNECT_MS = 50;
var FailoverStreams = class {
  #clock;
  #connect;
  /** Something a failover could depend on has changed. */
  #onChange;
  #streams = /* @__PURE__ */ new Map();
  constructor(clock, connect, onChange) {
    this.#clock = clock;
    this.#connect = connect;
    this.#onChange = onChange;
  }
  /** Opens streams to new instances and closes those to instances that are not named any more. */
  setTargets(targets) {
    const wanted = new Map(targets.map((target) => [target.memberName, target]));
    for (const [name, stream] of this.#streams) {
      const target = wanted.get(name);
      const isSame = target?.instanceUid === stream.target.instanceUid && target.endpoint === stream.target.endpoint;
      if (isSame) wanted.delete(name);
      else this.#close(stream);
    }
    for (const target of wanted.values()) this.#open(target);
  }
  observed() {
    return [...this.#streams.values()].map((stream) => ({
      memberName: stream.target.memberName,
      instanceUid: stream.target.instanceUid,
      state: stream.state,
      last: stream.last
    }));
  }
  close() {
    for (const stream of this.#streams.values()) this.#close(stream);
  }
  #open(target) {
    const stream = {
      target,
      member: this.#connect(target.endpoint),
      state: { kind: "connecting", sinceMs: this.#clock.wallMs() },
      last: void 0,
      cancel: () => {
      },
      closed: false
    };
    this.#streams.set(target.memberName, stream);
    this.#listen(stream);
  }
  #listen(stream) {
    stream.cancel = stream.member.observe(
      (report) => this.#reported(stream, report),
      (error) => this.#ended(stream, error)
    );
  }
  #reported(stream, report) {
    if (stream.closed) return;
    const before = stream.last;
    const wasConnected = stream.state.kind === "connected";
    const nowMs = this.#clock.wallMs();
    if (!wasConnected) stream.state = { kind: "connected", sinceMs: nowMs };
    stream.last = {
      memberId: report.header?.memberId ?? 0n,
      leader: report.leaderId,
      term: report.term,
      lastTerm: report.lastTerm,
      lastIndex: report.lastIndex,
      appliedIndex: report.appliedIndex,
      millisSinceLeaderHeard: report.millisSinceLeader,
      receivedMs: nowMs
    };
    const changed = before?.leader !== report.leaderId || before.term !== report.term;
    if (!wasConnected || changed) this.#onChange();
  }
  #ended(stream, error) {
    if (stream.closed) return;
    const isRefused = error.message.includes("ECONNREFUSED");
    const was = stream.state;
    if (was.kind !== "broken" || isRefused && !was.isRefused) {
      const sinceMs = was.kind === "broken" ? was.sinceMs : this.#clock.wallMs();
      stream.state = { kind: "broken", sinceMs, isRefused };
      this.#onChange();
    }
    const waitMs = was.kind === "connected" ? 0 : RECONNECT_MS;
    void this.#clock.after(waitMs).then(() => {
      if (!stream.closed) this.#listen(stream);
    });
  }
  #close(stream) {
    stream.closed = true;
    stream.cancel();
    stream.member.close();
    if (this.#streams.get(stream.target.memberName) === stream) {
      this.#streams.delete(stream.target.memberName);
    }
  }
};

// src/operator/observe/observe-members.ts
function observeMembers(members) {
  return Promise.all(members.map(({ memberName: memberName2, client }) => viewOf(memberName2, client)));
}
async function viewOf(memberName2, client) {
  try {
    return { kind: "reported", memberName: memberName2, report: await reportOf(client) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { kind: "unreachable", memberName: memberName2, reason };
  }
}
async function reportOf(client) {
  const status = await client.status();
  const memberId = status.header?.memberId ?? 0n;
  const memberList = status.isLearner ? void 0 : await memberListOf(client);
  return {
    clusterId: status.header?.clusterId ?? 0n,
    memberId,
    leader: status.leader,
    term: status.raftTerm,
    raftIndex: status.raftIndex,
    raftAppliedIndex: status.raftAppliedIndex,
    revision: status.header?.revision ?? 0,
    version: status.version,
    dbSize: status.dbSize,
    dbSizeInUse: status.dbSizeInUse,
    isLearner: status.isLearner,
    alarms: alarmNames(status.errors, memberId),
    errors: status.errors,
    memberList
  };
}
async function memberListOf(client) {
  try {
    return { isConfirmed: true, members: (await client.memberList(true)).map(listed) };
  } catch {
  }
  try {
    return { isConfirmed: false, members: (await client.memberList(false)).map(listed) };
  } catch {
    return void 0;
  }
}
function listed(member) {
  return {
    id: member.ID,
    name: member.name,
    peerUrls: member.peerURLs,
    clientUrls: member.clientURLs,
    isLearner: member.isLearner
  };
}
function alarmNames(errors, memberId) {
  const pattern = /memberID:\s*(\d+)\s+alarm:\s*(\w+)/;
  return errors.flatMap((error) => {
    const found = pattern.exec(error);
    return found?.[1] === String(memberId) && found[2] !== void 0 ? [found[2]] : [];
  });
}

export {
  apiVersion,
  clusterKind,
  clusterPlural,
  parseEtcdCluster,
  ports,
  containerName,
  fieldManager,
  maybeOrdinal,
  claimName,
  peerServiceName,
  clientServiceName,
  podHost,
  labelKeys,
  annotationKeys,
  freshVolumeGate,
  memberSelector,
  memberLabels,
  contentHash,
  serverFlags,
  memberPodTemplate,
  ownerReference,
  memberVolumeClaim,
  executeMemberAction,
  executeForgetLeader,
  failoverBounds,
  reconcile,
  reconcileFailover,
  MemberClient,
  FailoverStreams,
  observeMembers
};
