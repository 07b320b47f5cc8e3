package main

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"

	clientv3 "go.etcd.io/etcd/client/v3"
)

// Leases that are kept alive outlive a killed leader and the restart of every member; leases that
// are not take their keys with them, once each.
func leaseWorkload() {
	const leases, leaseSeconds = 20, 20
	c := newClient()
	defer c.Close()
	var answered atomic.Int64
	keeping, stop := context.WithCancel(context.Background())
	ids := make([]clientv3.LeaseID, leases)
	for i := range leases {
		eventually("a lease with its key", func(ctx context.Context) error {
			granted, err := c.Grant(ctx, leaseSeconds)
			if err != nil {
				return err
			}
			ids[i] = granted.ID
			_, err = c.Put(ctx, fmt.Sprintf("lease/%02d", i), "here", clientv3.WithLease(granted.ID))
			return err
		})
		alive, err := c.KeepAlive(keeping, ids[i])
		must(err)
		go func() {
			for range alive {
				answered.Add(1)
			}
			claim(keeping.Err() != nil, "lease %d is kept alive to the end", i)
		}()
	}
	reaches(&answered, leases)
	fault("kill-leader")
	reaches(&answered, answered.Load()+2*leases)
	fault("start-killed")
	fault("restart-each")
	reaches(&answered, answered.Load()+2*leases)
	claim(countOf(c, "lease/") == leases, "all keys of leases that are kept alive are there")

	ctx, cancel := patient()
	defer cancel()
	deletions := c.Watch(ctx, "lease/", clientv3.WithPrefix(), clientv3.WithFilterPut())
	stop()
	gone := map[string]int{}
	for len(gone) < leases {
		answer, open := <-deletions
		claim(open && answer.Err() == nil, "the watch goes on: %v", answer.Err())
		for _, event := range answer.Events {
			gone[string(event.Kv.Key)]++
		}
	}
	for key, times := range gone {
		claim(times == 1, "%s was deleted %d times", key, times)
	}
	for _, id := range ids {
		must(settled(func(ctx context.Context) error {
			left, err := c.TimeToLive(ctx, id)
			claim(err != nil || left.TTL == -1, "lease %x is over", id)
			return err
		}))
	}
	count("keep-alives", answered.Load())
	count("expired leases", int64(len(gone)))
}

// Watchers from the first revision on, while every member is killed and started again: each sees
// every write once, in the order of revisions.
func watchWorkload() {
	const watchers, writes = 5, 400
	writer := newClient()
	defer writer.Close()
	putNew(writer, "watch/begin", "")
	begin := firstWritten(writer, "watch/begin")
	type seenKey struct {
		key      string
		revision int64
	}
	var acknowledged atomic.Int64
	seen := make([][]seenKey, watchers)
	group := inParallel(watchers, func(w int) {
		c := newClient()
		defer c.Close()
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		options := []clientv3.OpOption{clientv3.WithPrefix(), clientv3.WithRev(begin)}
		if w%2 == 0 {
			options = append(options, clientv3.WithPrevKV(), clientv3.WithFragment())
		} else {
			options = append(options, clientv3.WithProgressNotify())
		}
		for answer := range c.Watch(clientv3.WithRequireLeader(ctx), "watch/", options...) {
			// Without a leader the stream is canceled on purpose; it goes on where it was.
			if answer.Err() != nil {
				claim(false, "watcher %d goes on: %v", w, answer.Err())
			}
			for _, event := range answer.Events {
				seen[w] = append(seen[w], seenKey{string(event.Kv.Key), event.Kv.ModRevision})
				if string(event.Kv.Key) == "watch/end" {
					return
				}
			}
		}
		claim(false, "watcher %d saw the end", w)
	})
	large := strings.Repeat("x", 20_000)
	writing := inParallel(1, func(_ int) {
		for i := range writes {
			key := fmt.Sprintf("watch/%04d", i)
			eventually("a write", func(ctx context.Context) error {
				_, err := writer.Put(ctx, key, large)
				return err
			})
			acknowledged.Add(1)
		}
	})
	reaches(&acknowledged, writes/5)
	fault("restart-each")
	reaches(&acknowledged, writes/2)
	fault("kill-leader")
	fault("start-killed")
	writing.Wait()
	eventually("the last write", func(ctx context.Context) error {
		_, err := writer.Put(ctx, "watch/end", "")
		return err
	})
	group.Wait()

	for w, events := range seen {
		keys := map[string]bool{}
		last := begin - 1
		for i, event := range events {
			claim(event.revision > last, "watcher %d: revision %d after %d", w, event.revision, last)
			claim(event == seen[0][i], "watchers 0 and %d see the same, not %v, %v", w, seen[0][i], event)
			last = event.revision
			keys[event.key] = true
		}
		claim(len(keys) == writes+2, "watcher %d saw %d of %d keys", w, len(keys), writes+2)
	}
	count("writes", acknowledged.Load())
	count("events", int64(watchers*len(seen[0])))
}

// A client with three endpoints goes on reading and writing while members are killed: no read fails,
// and every write succeeds when it is tried again.
func balancerWorkload() {
	c := newClient()
	defer c.Close()
	var reads, writes, repeated atomic.Int64
	going, stop := context.WithCancel(context.Background())
	readers := inParallel(4, func(_ int) {
		for going.Err() == nil {
			ctx, cancel := patient()
			_, err := c.Get(ctx, "balancer/0")
			cancel()
			claim(err == nil, "a read is repeated by the client until it succeeds: %v", err)
			reads.Add(1)
		}
	})
	writers := inParallel(4, func(w int) {
		for i := 0; going.Err() == nil; i++ {
			tries := int64(-1)
			eventually("a write", func(ctx context.Context) error {
				tries++
				_, err := c.Put(ctx, fmt.Sprintf("balancer/%d", w), fmt.Sprint(i))
				return err
			})
			repeated.Add(tries)
			writes.Add(1)
		}
	})
	for _, kill := range []string{"kill-follower", "kill-leader"} {
		reaches(&reads, reads.Load()+50)
		reaches(&writes, writes.Load()+50)
		fault(kill)
		reaches(&reads, reads.Load()+50)
		reaches(&writes, writes.Load()+50)
		fault("start-killed")
	}
	reaches(&reads, reads.Load()+50)
	stop()
	readers.Wait()
	writers.Wait()
	ctx, cancel := patient()
	defer cancel()
	must(c.Sync(ctx))
	claim(len(c.Endpoints()) == 3, "Sync names three endpoints, not %v", c.Endpoints())
	count("reads", reads.Load())
	count("writes", writes.Load())
	count("writes tried again", repeated.Load())
}
