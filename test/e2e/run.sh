#!/usr/bin/env bash
# The operator on a real Kubernetes, end to end: chart, quickstart, scaling, a rolling change, dead
# leaders, lost volumes, a killed operator, with a writer outside that counts what was acknowledged.
#
#   test/e2e/run.sh [--quick]      about 8 minutes; quick (or E2E_QUICK=1) about 4
#
# Where it runs:
#   nothing set       the single-node lab in K8S_LAB (default ../shared/k8s): needs root, and Go for
#                     its first build. It is brought up for this and always taken down.
#   E2E_KIND=NAME     the kind cluster of that name. The image is built with docker and loaded.
#   KUBECONFIG=FILE   any cluster, with E2E_IMAGE=an image its nodes can get. E2E_NODE_SHELL (a
#                     command prefix such as `ssh node`) and E2E_CTR (default `ctr -n k8s.io`) say
#                     how to kill a container's process on its node; without them that is skipped.
# Pod addresses must be reachable from here. With kind: ip route add POD_CIDR via NODE_ADDRESS.
set -euo pipefail
cd "$(dirname "$0")/../.."

quick=${E2E_QUICK:-}
[ "${1:-}" != --quick ] || quick=1
export E2E_QUICK=$quick
# Only a hang comes to it.
limit=$([ -n "$quick" ] && echo 1800 || echo 5400)
logs=.cache/e2e
rm -rf "$logs"
mkdir -p "$logs"

refuse() { echo "e2e: $*" >&2; exit 2; }

lab=${K8S_LAB:-../shared/k8s}
take_down=true

use_lab() {
  [ -r "$lab/env.sh" ] || refuse "no Kubernetes: set KUBECONFIG or E2E_KIND, or K8S_LAB to a lab's folder"
  [ "$(id -u)" = 0 ] || refuse 'the lab needs root (network namespaces, containerd); use kind instead'
  # shellcheck disable=SC1091
  . "$lab/env.sh"
  [ -x "$BIN/kube" ] || command -v go >/dev/null || refuse 'the lab builds Kubernetes with Go: install Go'
  command -v buildah >/dev/null || refuse 'the image is built with buildah: install buildah'
  [ ! -e "$STATE" ] || refuse "a lab is running already: $STATE"
  export E2E_IMAGE=localhost/etcd-ts:e2e
  tools/image.sh "$E2E_IMAGE" .cache/e2e-image.tar
  take_down=$lab/down.sh
  trap finish EXIT
  "$lab/up.sh"
  export E2E_CTR="$BIN/ctr -a $SOCKET -n k8s.io"
  E2E_NODE_SHELL="nsenter -t $(cat "$STATE/init") -m -p --"
  export E2E_NODE_SHELL
  export CONTAINERD_SUPPRESS_DEPRECATION_WARNINGS=1
  $E2E_CTR images import .cache/e2e-image.tar >/dev/null
}

use_kind() {
  export E2E_IMAGE=localhost/etcd-ts:e2e
  docker build --quiet --tag "$E2E_IMAGE" . >/dev/null
  kind load docker-image --name "$E2E_KIND" "$E2E_IMAGE"
  kind get kubeconfig --name "$E2E_KIND" >"$logs/kubeconfig"
  export KUBECONFIG=$PWD/$logs/kubeconfig
  # One node only: the process is killed on the first.
  E2E_NODE_SHELL="docker exec $(kind get nodes --name "$E2E_KIND" | head -1)"
  export E2E_NODE_SHELL E2E_CTR=${E2E_CTR:-ctr -n k8s.io}
  trap finish EXIT
}

# Whatever happened: what can be known of it is kept, and the lab goes.
finish() {
  local status=$?
  trap - EXIT INT TERM
  [ "$status" = 0 ] || diagnose >"$logs/diagnosis.txt" 2>&1 || true
  "$take_down" >>"$logs/down.log" 2>&1 || echo "e2e: taking down failed, see $logs/down.log" >&2
  if [ "$status" != 0 ]; then
    echo "e2e: $logs has the operator's log, events and objects"
    tail -n 40 "$logs/diagnosis.txt" 2>/dev/null || true
  fi
  [ ! -s "$logs/test.log" ] || awk 'NF == 3 && $2 == "pass" { p = $3 } NF == 3 && $2 == "fail" { f = $3 }
    END { printf "e2e: %d passed, %d failed\n", p, f }' "$logs/test.log"
  exit "$status"
}

diagnose() {
  kubectl get nodes,etcdclusters,statefulsets,pods,pvc,pdb --all-namespaces -o wide
  kubectl get etcdclusters --all-namespaces -o yaml
  kubectl get events --all-namespaces --sort-by=.lastTimestamp | tail -n 100
  kubectl -n etcd-operator logs deployment/etcd-operator --all-pods --prefix --tail=200
  for pod in $(kubectl -n e2e get pods -o name); do kubectl -n e2e logs "$pod" --tail=30 --prefix; done
}

if [ -n "${E2E_KIND:-}" ]; then
  use_kind
elif [ -n "${KUBECONFIG:-}" ]; then
  [ -n "${E2E_IMAGE:-}" ] || refuse 'E2E_IMAGE must name an image that the nodes can get'
  trap finish EXIT
else
  use_lab
fi
trap 'exit 130' INT TERM
for program in kubectl helm; do
  command -v "$program" >/dev/null || refuse "needs $program"
done

# The chart's own tests too: they need helm, which is here for certain.
timeout --kill-after=10 "$limit" node_modules/.bin/node --test --test-timeout="$((limit * 1000))" \
  --test-concurrency=1 --test-reporter=spec tools/chart.test.ts test/e2e/operator.test.ts 2>&1 |
  tee "$logs/test.log"
