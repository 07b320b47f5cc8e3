"""One claim per argument against a member, by grpc-python: client.py GENERATED HOST:PORT CLAIM."""

import queue
import sys
import threading
import time

import grpc

generated, endpoint, claim = sys.argv[1:4]
sys.path.insert(0, generated)

from etcdserverpb import kv_pb2 as kv  # noqa: E402
from etcdserverpb import kv_pb2_grpc, lease_pb2_grpc  # noqa: E402
from etcdserverpb import maintenance_pb2_grpc, watch_pb2_grpc  # noqa: E402
from etcdserverpb import lease_pb2 as lease  # noqa: E402
from etcdserverpb import maintenance_pb2 as maintenance  # noqa: E402
from etcdserverpb import watch_pb2 as watch  # noqa: E402

options = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]
channel = grpc.insecure_channel(endpoint, options=options)
KV = kv_pb2_grpc.KVStub(channel)
LEASE = lease_pb2_grpc.LeaseStub(channel)
WATCH = watch_pb2_grpc.WatchStub(channel)
MAINTENANCE = maintenance_pb2_grpc.MaintenanceStub(channel)


def refused(call, code, words=None):
    try:
        call()
    except grpc.RpcError as error:
        assert error.code() == code, (error.code(), error.details())
        assert words is None or error.details() == words, error.details()
        return error
    raise AssertionError("was not refused")


class Stream:
    """A bidirectional stream whose requests come from a queue."""

    def __init__(self, method):
        self.requests = queue.Queue()
        self.answers = method(iter(self.requests.get, None))

    def ask(self, request):
        self.requests.put(request)
        return next(self.answers)


def put_get_delete():
    first = KV.Put(kv.PutRequest(key=b"py/a", value=b"1"), timeout=10)
    second = KV.Put(kv.PutRequest(key=b"py/a", value=b"2", prev_kv=True), timeout=10)
    assert second.header.revision == first.header.revision + 1
    assert second.prev_kv.value == b"1"
    found = KV.Range(kv.RangeRequest(key=b"py/", range_end=b"py0"), timeout=10)
    assert [(item.key, item.value, item.version) for item in found.kvs] == [(b"py/a", b"2", 2)]
    assert KV.DeleteRange(kv.DeleteRangeRequest(key=b"py/a"), timeout=10).deleted == 1


def txn():
    KV.Put(kv.PutRequest(key=b"py/t", value=b"x"), timeout=10)
    compare = kv.Compare(key=b"py/t", target=kv.Compare.VALUE, result=kv.Compare.EQUAL, value=b"x")
    put = kv.RequestOp(request_put=kv.PutRequest(key=b"py/t", value=b"y"))
    get = kv.RequestOp(request_range=kv.RangeRequest(key=b"py/t"))
    request = kv.TxnRequest(compare=[compare], success=[put, get], failure=[get])
    answer = KV.Txn(request, timeout=10)
    assert answer.succeeded and answer.responses[1].response_range.kvs[0].value == b"y"
    assert not KV.Txn(request, timeout=10).succeeded


def errors():
    refused(
        lambda: KV.Put(kv.PutRequest(key=b""), timeout=10),
        grpc.StatusCode.INVALID_ARGUMENT,
        "etcdserver: key is not provided",
    )
    refused(
        lambda: KV.Range(kv.RangeRequest(key=b"a", revision=1 << 40), timeout=10),
        grpc.StatusCode.OUT_OF_RANGE,
        "etcdserver: mvcc: required revision is a future revision",
    )
    raw = channel.unary_unary("/etcdserverpb.KV/Nothing")
    refused(lambda: raw(b"", timeout=10), grpc.StatusCode.UNIMPLEMENTED)
    raw = channel.unary_unary("/etcdserverpb.KV/Range")
    assert raw(b"\x0a\x04py/q", timeout=10)
    raw = channel.unary_unary("/etcdserverpb.KV/Range")
    refused(lambda: raw(b"\x0a\xff", timeout=10), grpc.StatusCode.INTERNAL)


def watching():
    stream = Stream(WATCH.Watch)
    create = watch.WatchCreateRequest(key=b"py/w/", range_end=b"py/w0", prev_kv=True)
    created = stream.ask(watch.WatchRequest(create_request=create))
    assert created.created
    for value in (b"1", b"2"):
        KV.Put(kv.PutRequest(key=b"py/w/a", value=value), timeout=10)
    KV.DeleteRange(kv.DeleteRangeRequest(key=b"py/w/a"), timeout=10)
    events = []
    while len(events) < 3:
        events.extend(next(stream.answers).events)
    assert [event.type for event in events] == [0, 0, 1]
    assert events[2].prev_kv.value == b"2"
    cancel = watch.WatchCancelRequest(watch_id=created.watch_id)
    assert stream.ask(watch.WatchRequest(cancel_request=cancel)).canceled
    # Half closed, a watch stream goes on, as etcd's does.
    stream.requests.put(None)
    stream.answers.cancel()
    assert stream.answers.code() == grpc.StatusCode.CANCELLED


def leases():
    granted = LEASE.LeaseGrant(lease.LeaseGrantRequest(TTL=60), timeout=10)
    KV.Put(kv.PutRequest(key=b"py/l", lease=granted.ID), timeout=10)
    stream = Stream(LEASE.LeaseKeepAlive)
    assert stream.ask(lease.LeaseKeepAliveRequest(ID=granted.ID)).TTL == 60
    assert stream.ask(lease.LeaseKeepAliveRequest(ID=1)).TTL == 0
    stream.requests.put(None)
    left = lease.LeaseTimeToLiveRequest(ID=granted.ID, keys=True)
    assert LEASE.LeaseTimeToLive(left, timeout=10).keys == [b"py/l"]
    LEASE.LeaseRevoke(lease.LeaseRevokeRequest(ID=granted.ID), timeout=10)
    assert KV.Range(kv.RangeRequest(key=b"py/l"), timeout=10).kvs == []
    refused(
        lambda: LEASE.LeaseRevoke(lease.LeaseRevokeRequest(ID=granted.ID), timeout=10),
        grpc.StatusCode.NOT_FOUND,
        "etcdserver: requested lease not found",
    )


def deadline():
    stream = WATCH.Watch(iter(queue.Queue().get, None), timeout=0.3)
    error = refused(lambda: next(stream), grpc.StatusCode.DEADLINE_EXCEEDED)
    assert error.details()
    KV.Range(kv.RangeRequest(key=b"a"), timeout=10)


def cancel():
    stream = Stream(WATCH.Watch)
    create = watch.WatchCreateRequest(key=b"py/c")
    assert stream.ask(watch.WatchRequest(create_request=create)).created
    threading.Timer(0.1, stream.answers.cancel).start()
    refused(lambda: next(stream.answers), grpc.StatusCode.CANCELLED)
    calls = [KV.Range.future(kv.RangeRequest(key=b"\0", range_end=b"\0")) for _ in range(200)]
    for call in calls[::2]:
        call.cancel()
    for call in calls[1::2]:
        call.result(timeout=10)


def large():
    value = bytes(range(256)) * 4000
    for i in range(8):
        KV.Put(kv.PutRequest(key=b"py/big/%d" % i, value=value), timeout=10)
    found = KV.Range(kv.RangeRequest(key=b"py/big/", range_end=b"py/big0"), timeout=30)
    assert [item.value == value for item in found.kvs] == [True] * 8
    refused(
        lambda: KV.Put(kv.PutRequest(key=b"py/big", value=value * 2), timeout=10),
        grpc.StatusCode.INVALID_ARGUMENT,
        "etcdserver: request is too large",
    )
    last = None
    total = 0
    for part in MAINTENANCE.Snapshot(maintenance.SnapshotRequest(), timeout=60):
        total += len(part.blob)
        last = part
    assert last.remaining_bytes == 0 and total > 8 * len(value)


def metadata():
    sent = (("hasleader", "true"), ("x-bin", b"\x00\xff\x01"), ("x-long", "v" * 3000))
    answer, call = KV.Range.with_call(kv.RangeRequest(key=b"a"), metadata=sent, timeout=10)
    assert call.code() == grpc.StatusCode.OK and answer.header.revision > 0
    call.initial_metadata()
    call.trailing_metadata()
    wait = KV.Range.with_call(kv.RangeRequest(key=b"a"), wait_for_ready=True, timeout=10)
    assert wait[1].code() == grpc.StatusCode.OK


def crowd():
    puts = [kv.PutRequest(key=b"py/n/%d" % i, value=b"v" * 200) for i in range(3000)]
    calls = [KV.Put.future(put) for put in puts]
    revisions = {call.result(timeout=30).header.revision for call in calls}
    assert len(revisions) == 3000
    counted = kv.RangeRequest(key=b"py/n/", range_end=b"py/n0", count_only=True)
    assert KV.Range(counted, timeout=10).count == 3000


started = time.monotonic()
globals()[claim]()
print(f"{claim} {time.monotonic() - started:.2f} s")
