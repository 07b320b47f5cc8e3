# Every target works as the first command on a machine with Node.js 20 or newer, npm and make.
.DEFAULT_GOAL := help
.PHONY: help up test check unit rounds integration differential crash faults mixed power-loss round-trip failover bench bench-quick h2load h2spec etcdctl clients interop fuzz fuzz-transport e2e e2e-apiserver image build gen format peers clean

installed := node_modules/.package-lock.json

# npm writes this file last; older than the lock file means that the packages are stale.
$(installed): package-lock.json
	npm ci
	@touch $@

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

up: $(installed) ## run examples/quickstart.yaml as processes on this machine
	bin/etcd-ts up -f examples/quickstart.yaml

test: $(installed) peers ## unit, scenario, property and integration tests
	npm test

check: $(installed) ## format, lint, types, import rules, unused code, generated files, unit tests
	npm run check

unit: $(installed) ## the tests that need no other process
	npm run unit

rounds: $(installed) ## the random tests among the unit tests, for longer (ROUNDS=10 times)
	npm run rounds

integration: $(installed) peers ## the tests with real member processes and etcd's own tools
	npm run integration

differential: $(installed) peers ## random programs on Go etcd and etcd-ts, every answer equal (OPS=100000, SEED=…, PROGRAM=…)
	npm run differential

crash: $(installed) ## kill -9 at random moments under load (CRASH_KILLS=200, SEED=…)
	npm run crash

faults: $(installed) peers ## paused leaders and damaged data directories under load (FAULT_ROUNDS=20)
	npm run faults

mixed: $(installed) peers ## a living cluster moved from Go etcd to etcd-ts and back; mixed clusters under faults (SEED=…)
	npm run mixed

round-trip: $(installed) peers ## a million keys from etcd-ts to Go etcd and back through files: hashes, times, memory (KEYS=100000)
	npm run round-trip

power-loss: $(installed) ## power cuts: lost and reordered pages under the store and a member (POWER_LOSS_CUTS=100, SEED=…)
	npm run power-loss

failover: $(installed) peers ## time without a write when the leader dies, beside Go etcd (KILLS=20)
	npm run failover

bench: $(installed) peers h2load ## throughput and latency beside Go etcd; rewrites docs/benchmarks.md, README's table and picture (ONLY=put prints)
	npm run bench

bench-quick: $(installed) peers h2load ## the same in a minute, printed only (ONLY=range,put)
	npm run bench -- --quick

h2load:
	@command -v h2load >/dev/null || { [ "$$(id -u)" = 0 ] && apt-get install -y nghttp2-client; } || \
	  { echo 'bench: needs h2load: apt-get install nghttp2-client (as root)' >&2; exit 1; }

h2spec: $(installed) peers ## our HTTP/2 against h2spec's conformance suites
	npm run h2spec

etcdctl: $(installed) peers ## every command and flag of etcdctl on Go etcd and on ours, outputs equal (CASES=auth,keys)
	npm run etcdctl

clients: $(installed) peers ## Go's client library at work on three members that are killed and started again
	npm run clients

interop: $(installed) ## our HTTP/2 and gRPC with grpc-python, curl and h2load (skips what is not here)
	npm run interop

fuzz: $(installed) ## every decoder on damaged and random input (SEED=1, RUNS=300)
	npm run fuzz

fuzz-transport: $(installed) ## broken and mutated connections against our HTTP/2 (SEED=1, RUNS=300)
	npm run fuzz-transport

e2e: $(installed) peers ## the operator on a real Kubernetes (any KUBECONFIG)
	test/e2e/run.sh

e2e-apiserver: $(installed) ## a real kube-apiserver keeps its data in etcd-ts
	test/e2e/apiserver.sh

image: $(installed) ## the container image without an image registry: .cache/image.tar
	tools/image.sh

build: $(installed) ## compile src/ to dist/, as the image has it
	npm run build

gen: $(installed) ## write all generated files anew
	npm run gen

format: $(installed) ## format everything
	npm run format

peers: ## build Go etcd, etcdctl, etcdutl and benchmark into .cache/peers (needs go)
	@test/peers/build.sh

clean: ## remove what the targets made, except node_modules
	rm -rf dist .cache
