#!/usr/bin/env bash
# A real kube-apiserver keeps its data in etcd-ts: the node becomes ready, a StatefulSet runs, watch
# and lease traffic flow, and the API server's log has no error about its store that it would not
# have with Go etcd.
#
#   test/e2e/apiserver.sh [--quick]      ten minutes of traffic; quick (or E2E_QUICK=1) one
#
# MINUTES=N sets the time. COMPARE=1 runs the same with Go etcd first and forgives what it has, too.
# Needs root and the single-node lab in K8S_LAB (default ../shared/k8s), which is always taken down.
set -euo pipefail
cd "$(dirname "$0")/../.."

quick=${E2E_QUICK:-}
[ "${1:-}" != --quick ] || quick=1
seconds=$((${MINUTES:-$([ -n "$quick" ] && echo 1 || echo 10)} * 60))
lab=${K8S_LAB:-../shared/k8s}
logs=.cache/apiserver
rm -rf "$logs"
mkdir -p "$logs"
passed=0
failed=0
traffic=

refuse() { echo "apiserver: $*" >&2; exit 2; }
[ -r "$lab/env.sh" ] || refuse "no Kubernetes lab at $lab: set K8S_LAB"
[ "$(id -u)" = 0 ] || refuse 'the lab needs root'
# shellcheck disable=SC1091
. "$lab/env.sh"
[ -x "$BIN/kube" ] || command -v go >/dev/null || refuse 'the lab builds Kubernetes with Go: install Go'
[ ! -e "$STATE" ] || refuse "a lab is running already: $STATE"

finish() {
  local status=$?
  trap - EXIT INT TERM
  stop_traffic
  "$lab/down.sh" >>"$logs/down.log" 2>&1 || true
  echo "apiserver: $passed passed, $failed failed"
  [ "$status" != 0 ] || [ "$failed" = 0 ] || status=1
  exit "$status"
}

check() { # name, command...
  local name=$1
  shift
  if "$@" >>"$logs/checks.log" 2>&1; then
    passed=$((passed + 1))
    echo "✔ $name"
  else
    failed=$((failed + 1))
    echo "✖ $name"
    tail -n 15 "$logs/checks.log"
  fi
}

stateful_set() { # image
  kubectl apply -f - <<END
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: still}
spec:
  replicas: 3
  serviceName: still
  podManagementPolicy: Parallel
  selector: {matchLabels: {app: still}}
  template:
    metadata: {labels: {app: still}}
    spec:
      terminationGracePeriodSeconds: 1
      containers: [{name: main, image: localhost/pause:1, imagePullPolicy: Never}]
END
  kubectl rollout status statefulset/still --timeout=300s
}

# Objects made, changed, listed, watched and deleted, a lease renewed as leader election does.
drive() {
  local round=0
  while :; do
    round=$((round + 1))
    kubectl create configmap "drive-$round" --from-literal=round=$round
    kubectl patch configmap "drive-$round" --type=merge -p "{\"data\":{\"again\":\"$round\"}}"
    kubectl get configmaps --chunk-size=3 -o name | wc -l
    [ $round -le 5 ] || kubectl delete configmap "drive-$((round - 5))"
    kubectl apply -f - <<END
apiVersion: coordination.k8s.io/v1
kind: Lease
metadata: {name: drive}
spec: {holderIdentity: drive, leaseDurationSeconds: 15, leaseTransitions: $round}
END
    # Events are the objects that the API server stores under etcd leases.
    kubectl events --all-namespaces | wc -l
    [ $((round % 10)) != 0 ] || kubectl delete pod "still-$((round / 10 % 3))" --wait=false
  done
}

start_traffic() {
  drive >"$logs/drive.log" 2>&1 &
  traffic=$!
  kubectl get configmaps --watch -o name >"$logs/watched.log" 2>&1 &
  traffic="$traffic $!"
}

stop_traffic() {
  # shellcheck disable=SC2086
  [ -z "$traffic" ] || { kill $traffic && wait $traffic; } 2>/dev/null || true
  traffic=
}

# Said by an API server that starts, with Go etcd 3.7.3 too: clients it closes while they connect,
# API versions without resources, its own endpoints, the namespaces that it is about to make.
harmless='use of closed network connection|operation was canceled|Skipping API'
harmless="$harmless|Resetting endpoints for master service|namespaces .*kube-system.* not found"

# What the API server says about its store, times and values taken out, each kind once.
complaints() { # log
  grep -E '^[WEF][0-9]{4} ' "$1" |
    grep -vE "$harmless" |
    grep -iE 'etcd|storage|rpc error|grpc|watch chan|lease|compact|revision' |
    sed -E 's/^(.)[0-9]{4} [0-9:.]+ +[0-9]+ /\1 /; s/[0-9]+/N/g; s/"[^"]*"/"…"/g' | sort -u || true
}

session() { # name
  local name=$1
  "$lab/up.sh"
  check "$name: the node becomes ready" kubectl wait --for=condition=Ready node/lab --timeout=300s
  check "$name: a StatefulSet runs" stateful_set
  start_traffic
  sleep "$seconds"
  # On a slow machine a round takes long: there is to be some traffic, however long it takes.
  for _ in $(seq 300); do
    [ "$(grep -c configmap/drive "$logs/watched.log")" -le 10 ] || break
    sleep 1
  done
  stop_traffic
  check "$name: the API server is ready" kubectl get --raw '/readyz?verbose'
  check "$name: the StatefulSet still runs" kubectl rollout status statefulset/still --timeout=300s
  check "$name: events were watched" test "$(grep -c configmap/drive "$logs/watched.log")" -gt 10
  echo "$name: $(grep -c 'configmap/drive-[0-9]* created' "$logs/drive.log") rounds," \
    "$(wc -l <"$logs/watched.log") watched changes"
  for log in kube-apiserver etcd kube-controller-manager; do
    cp "$STATE/log/$log.log" "$logs/$name-$log.log"
  done
  complaints "$logs/$name-kube-apiserver.log" >"$logs/$name-complaints.txt"
  "$lab/down.sh" >>"$logs/down.log" 2>&1
}

trap finish EXIT
trap 'exit 130' INT TERM
: >"$logs/go-etcd-complaints.txt"
if [ -n "${COMPARE:-}" ]; then session go-etcd; fi
export K8S_DATASTORE="$PWD/bin/etcd-ts server"
session etcd-ts

no_complaints() {
  comm -13 "$logs/go-etcd-complaints.txt" "$logs/etcd-ts-complaints.txt" >"$logs/new-complaints.txt"
  cat "$logs/new-complaints.txt"
  [ ! -s "$logs/new-complaints.txt" ]
}
check 'the API server has nothing to say against its store' no_complaints
