"""Python's common clients at work: `etcd3` on gRPC, `etcd3gw` on the JSON gateway.

    common_clients.py HOST PORT CLIENT

Threads add to a counter under the client's own lock while a watch counts along; keys are listed,
compared and set, leased and lost, and removed. Ends with what was done, or with a failed assertion.
"""

import sys
import tempfile
import threading
import time

THREADS = 4
STEPS = 15


def until(what, ask):
    deadline = time.monotonic() + 30
    while not ask():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


def in_parallel(run):
    failures = []

    def guarded(i):
        try:
            run(i)
        except Exception as error:  # A thread's failure is the test's.
            failures.append(error)

    threads = [threading.Thread(target=guarded, args=(i,)) for i in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures, failures


def grpc_workload(host, port):
    import etcd3

    client = etcd3.client(host=host, port=port)
    events, cancel = client.watch_prefix("py/counter")
    client.put("py/counter", "0")

    def add(_):
        own = etcd3.client(host=host, port=port)
        for _ in range(STEPS):
            with own.lock("py-lock", ttl=20):
                value, _meta = own.get("py/counter")
                own.put("py/counter", str(int(value) + 1))

    in_parallel(add)
    seen = [int(next(events).value) for _ in range(THREADS * STEPS + 1)]
    cancel()
    assert seen == list(range(THREADS * STEPS + 1)), seen
    for i in range(100):
        client.put(f"py/list/{i:03}", str(i))
    listed = [value for value, _meta in client.get_prefix("py/list/", sort_order="descend")]
    assert listed == [str(i).encode() for i in reversed(range(100))]
    ok, answers = client.transaction(
        compare=[
            client.transactions.value("py/list/000") == "0",
            client.transactions.version("py/list/001") > 0,
        ],
        success=[
            client.transactions.put("py/list/000", "changed"),
            client.transactions.get("py/list/000"),
        ],
        failure=[client.transactions.delete("py/list/000")],
    )
    assert ok and answers[1][0][0] == b"changed", answers
    assert client.replace("py/list/001", "1", "one")
    assert not client.replace("py/list/001", "1", "two")
    assert client.put_if_not_exists("py/new", "1")
    assert not client.put_if_not_exists("py/new", "2")
    lease = client.lease(1)
    client.put("py/leased", "x", lease=lease)
    assert lease.keys == [b"py/leased"], lease.keys
    until("the lease takes its key", lambda: client.get("py/leased")[0] is None)
    kept = client.lease(60)
    kept.refresh()
    kept.revoke()
    assert client.delete_prefix("py/list/").deleted == 100
    assert client.status().leader is not None
    assert len(list(client.members)) == 1
    assert list(client.list_alarms()) == []
    assert client.hash() != 0
    client.compact(2, physical=True)
    client.defragment()
    with tempfile.TemporaryFile() as file:
        client.snapshot(file)
        assert file.tell() > 4096, file.tell()
    print(f"steps={THREADS * STEPS} events={len(seen)} keys=100")


def json_workload(host, port):
    import etcd3gw

    def connect():
        return etcd3gw.client(host=host, port=port, api_path="/v3/")

    client = connect()
    events, cancel = client.watch_prefix("gw/counter")
    seen = []
    watching = threading.Thread(
        target=lambda: seen.extend(event["kv"]["value"] for event in events), daemon=True
    )
    watching.start()
    client.put("gw/counter", "0")

    def add(_):
        own = connect()
        for _ in range(STEPS):
            with own.lock(id="gw-lock", ttl=20) as lock:
                # The lock is tried once; who does not get it tries again.
                until("the lock", lambda: lock.is_acquired() or lock.acquire())
                value = int(own.get("gw/counter")[0])
                own.put("gw/counter", str(value + 1))

    in_parallel(add)
    until("all events", lambda: len(seen) > THREADS * STEPS)
    cancel()
    assert [int(value) for value in seen] == list(range(THREADS * STEPS + 1)), seen
    for i in range(100):
        client.put(f"gw/list/{i:03}", str(i))
    listed = [value for value, _meta in client.get_prefix("gw/list/", sort_order="descend")]
    assert listed == [str(i).encode() for i in reversed(range(100))]
    assert client.create("gw/new", "1") and not client.create("gw/new", "2")
    assert client.replace("gw/new", "1", "3") and not client.replace("gw/new", "1", "4")
    lease = client.lease(ttl=1)
    client.put("gw/leased", "x", lease=lease)
    assert lease.keys() == [b"gw/leased"], lease.keys()
    until("the lease takes its key", lambda: client.get("gw/leased") == [])
    kept = client.lease(ttl=60)
    assert kept.refresh() > 0 and kept.ttl() > 0 and kept.revoke()
    assert client.delete_prefix("gw/list/")
    assert client.get_prefix("gw/list/") == []
    assert len(client.members()) == 1 and "leader" in client.status()
    print(f"steps={THREADS * STEPS} events={len(seen)} keys=100")


if __name__ == "__main__":
    _, host, port, client = sys.argv
    {"etcd3": grpc_workload, "etcd3gw": json_workload}[client](host, int(port))
