#!/bin/sh
# Builds Go etcd, etcdctl, etcdutl, etcd's benchmark tool and h2spec from the Go modules beside this
# script, and the etcd one minor version older: the real programs that tests compare with. Two to
# three minutes the first time, nothing afterwards. ETCD_PEERS_DIR names a folder that already holds
# them. Without Go the tests that need them skip.
set -eu
cd "$(dirname "$0")"

if [ -n "${ETCD_PEERS_DIR:-}" ]; then
  echo "peers: using $ETCD_PEERS_DIR"
  exit 0
fi
out=$(CDPATH='' cd ../.. && pwd)/.cache/peers/bin
stamp=$(cat go.sum benchmark/go.sum h2spec/go.sum | cksum)
older=$(cksum <etcd36/go.sum)
workloads=$(cat ../clients/go/go.sum ../clients/go/*.go | cksum)
is_built() {
  [ "$(cat "$out/$1" 2>/dev/null || true)" = "$2" ]
}
if is_built .stamp "$stamp" && is_built .stamp-3.6 "$older" &&
  is_built .stamp-clients "$workloads"; then
  exit 0
fi
if ! command -v go >/dev/null; then
  echo 'peers: no go on PATH: tests that need Go etcd or etcdctl will be skipped' \
    '(install Go 1.26, or set ETCD_PEERS_DIR to a folder with etcd, etcdctl and etcdutl 3.7)' >&2
  exit 0
fi
mkdir -p "$out"
export GOBIN="$out" CGO_ENABLED=0 GOFLAGS='-trimpath -ldflags=-s -ldflags=-w'
if ! is_built .stamp-3.6 "$older"; then
  echo 'peers: building etcd 3.6 (a minute)'
  (cd etcd36 && go install tool)
  mv "$out/server" "$out/etcd-3.6"
  echo "$older" >"$out/.stamp-3.6"
fi
if ! is_built .stamp "$stamp"; then
  echo 'peers: building etcd, etcdctl, etcdutl, benchmark and h2spec (one to two minutes)'
  go install tool
  mv "$out/server" "$out/etcd"
  (cd benchmark && go install tool)
  (cd h2spec && go install tool)
  echo "$stamp" >"$out/.stamp"
fi
if ! is_built .stamp-clients "$workloads"; then
  (cd ../clients/go && go build -o "$out/client-workload" .)
  echo "$workloads" >"$out/.stamp-clients"
fi
