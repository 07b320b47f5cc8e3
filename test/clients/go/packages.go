package main

import (
	"context"
	"fmt"
	"strconv"
	"sync/atomic"
	"time"

	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	clientv3 "go.etcd.io/etcd/client/v3"
	"go.etcd.io/etcd/client/v3/leasing"
	"go.etcd.io/etcd/client/v3/mirror"
	"go.etcd.io/etcd/client/v3/namespace"
	"go.etcd.io/etcd/client/v3/ordering"
)

// Two namespaces with the same keys do not see each other, in gets, ranges, watches and transactions.
func namespaceWorkload() {
	ctx, cancel := patient()
	defer cancel()
	plain := newClient()
	defer plain.Close()
	in := func(name string) *clientv3.Client {
		c := newClient()
		c.KV = namespace.NewKV(c.KV, name)
		c.Watcher = namespace.NewWatcher(c.Watcher, name)
		c.Lease = namespace.NewLease(c.Lease, name)
		return c
	}
	a, b := in("ns/a/"), in("ns/b/")
	watch := a.Watch(ctx, "", clientv3.WithPrefix())
	var lease clientv3.LeaseID
	must(settled(func(ctx context.Context) error {
		granted, err := a.Grant(ctx, 3_600)
		if err == nil {
			lease = granted.ID
		}
		return err
	}))
	for i := range 50 {
		putNew(a, fmt.Sprintf("k%02d", i), "a", clientv3.WithLease(lease))
		putNew(b, fmt.Sprintf("k%02d", i), "b")
	}
	for i := 0; i < 50; {
		answer := <-watch
		must(answer.Err())
		for _, event := range answer.Events {
			claim(string(event.Kv.Key) == fmt.Sprintf("k%02d", i), "key %d, not %s", i, event.Kv.Key)
			claim(string(event.Kv.Value) == "a", "events of its own namespace")
			i++
		}
	}
	must(settled(func(ctx context.Context) error {
		answer, err := a.Txn(ctx).
			If(clientv3.Compare(clientv3.Value("k00"), "=", "a"), clientv3.Compare(clientv3.Version("k01"), ">", 0)).
			Then(clientv3.OpGet("", clientv3.WithFromKey()), clientv3.OpDelete("k01", clientv3.WithPrevKV())).
			Else(clientv3.OpGet("k00"), clientv3.OpGet("k01")).
			Commit()
		if err != nil {
			return err
		}
		first, second := answer.Responses[0], answer.Responses[1]
		if answer.Succeeded {
			claim(len(first.GetResponseRange().Kvs) == 50, "a range to the end stays in it")
		} else {
			// Only when it was done by a try before, whose answer was lost.
			claim(string(first.GetResponseRange().Kvs[0].Value) == "a", "the compare reads its own namespace")
			claim(len(second.GetResponseRange().Kvs) == 0, "what is there is not deleted")
		}
		return nil
	}))
	must(settled(func(ctx context.Context) error {
		left, err := a.TimeToLive(ctx, lease, clientv3.WithAttachedKeys())
		if err == nil {
			claim(len(left.Keys) == 49 && string(left.Keys[0][0]) == "k", "a lease names keys without it")
		}
		return err
	}))
	must(settled(func(ctx context.Context) error {
		_, err := a.Revoke(ctx, lease)
		return unless(rpctypes.ErrLeaseNotFound, err)
	}))
	claim(countOf(plain, "ns/a/") == 0, "the lease took all keys of one")
	claim(countOf(plain, "ns/b/") == 50, "and none of the other")
	count("keys", 100)
}

// Reads that any member may answer from what it has never go back in time: the wrapper asks another
// member when one is behind.
func orderingWorkload() {
	c := newClient()
	defer c.Close()
	writer := newClient()
	defer writer.Close()
	violations := atomic.Int64{}
	switchEndpoint := ordering.NewOrderViolationSwitchEndpointClosure(c)
	kv := ordering.NewKV(c.KV, func(op clientv3.Op, answer clientv3.OpResponse, before int64) error {
		violations.Add(1)
		time.Sleep(10 * time.Millisecond)
		return switchEndpoint(op, answer, before)
	})
	var writes, reads, repeated atomic.Int64
	going, stop := context.WithCancel(context.Background())
	writing := inParallel(1, func(_ int) {
		for i := 1; going.Err() == nil; i++ {
			eventually("a write", func(ctx context.Context) error {
				_, err := writer.Put(ctx, "ordering/n", strconv.Itoa(i))
				return err
			})
			writes.Add(1)
		}
	})
	reaches(&writes, 1)
	reading := inParallel(1, func(_ int) {
		last := 0
		for going.Err() == nil {
			ctx, cancel := brief()
			answer, err := kv.Get(ctx, "ordering/n", clientv3.WithSerializable())
			cancel()
			if err != nil {
				// All members were behind what was read before, or the one asked is gone.
				repeated.Add(1)
				continue
			}
			if len(answer.Kvs) == 0 {
				claim(last == 0, "the key is there after it was read")
				continue
			}
			n, err := strconv.Atoi(string(answer.Kvs[0].Value))
			must(err)
			claim(n >= last, "%d was read after %d", n, last)
			last = n
			reads.Add(1)
		}
	})
	reaches(&reads, 200)
	fault("kill-follower")
	reaches(&reads, reads.Load()+200)
	fault("start-killed")
	reaches(&reads, reads.Load()+200)
	stop()
	writing.Wait()
	reading.Wait()
	count("reads", reads.Load())
	count("reads repeated", repeated.Load())
	count("members found behind", violations.Load())
}

// A mirror of a prefix that is written to meanwhile ends with the same keys and values.
func mirrorWorkload() {
	c := newClient()
	defer c.Close()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	for first := 0; first < 1_500; first += 100 {
		puts := make([]clientv3.Op, 100)
		for i := range puts {
			puts[i] = clientv3.OpPut(fmt.Sprintf("mirror/%04d", first+i), "before")
		}
		eventually("a hundred keys", func(ctx context.Context) error {
			_, err := c.Txn(ctx).Then(puts...).Commit()
			return err
		})
	}
	syncer := mirror.NewSyncer(c, "mirror/", 0)
	copied := map[string]string{}
	base, failed := syncer.SyncBase(ctx)
	written := inParallel(1, func(_ int) {
		for i := range 200 {
			key := fmt.Sprintf("mirror/%04d", i*7)
			eventually("a change", func(ctx context.Context) error {
				var err error
				if i%3 == 0 {
					_, err = c.Delete(ctx, key)
				} else {
					_, err = c.Put(ctx, key, fmt.Sprint("after ", i))
				}
				return err
			})
		}
		eventually("the last change", func(ctx context.Context) error {
			_, err := c.Put(ctx, "mirror/end", "")
			return err
		})
	})
	for answer := range base {
		for _, kv := range answer.Kvs {
			copied[string(kv.Key)] = string(kv.Value)
		}
	}
	must(<-failed)
	fault("kill-leader")
	changes := int64(0)
	for answer := range syncer.SyncUpdates(ctx) {
		must(answer.Err())
		for _, event := range answer.Events {
			changes++
			if event.Type == clientv3.EventTypeDelete {
				delete(copied, string(event.Kv.Key))
			} else {
				copied[string(event.Kv.Key)] = string(event.Kv.Value)
			}
		}
		if _, ended := copied["mirror/end"]; ended {
			break
		}
	}
	written.Wait()
	fault("start-killed")
	all, err := c.Get(ctx, "mirror/", clientv3.WithPrefix())
	must(err)
	claim(len(all.Kvs) == len(copied), "%d keys, the copy has %d", len(all.Kvs), len(copied))
	for _, kv := range all.Kvs {
		claim(copied[string(kv.Key)] == string(kv.Value), "the copy of %s is equal", kv.Key)
	}
	count("keys", int64(len(copied)))
	count("changes followed", changes)
}

// Clients that cache keys under leases of their own: whoever writes takes the key from the others
// first, so that nobody reads what is no longer so.
func leasingWorkload() {
	const clients, steps = 3, 40
	var writes, reads atomic.Int64
	group := inParallel(clients, func(w int) {
		c := newClient()
		defer c.Close()
		kv, closeKv, err := leasing.NewKV(c, "leasing-leases/")
		must(err)
		defer closeKv()
		last := 0
		for step := range steps {
			doneKey := fmt.Sprintf("leasing-done/%d/%d", w, step)
			for isDone := false; !isDone; {
				must(settled(func(ctx context.Context) error {
					answer, err := kv.Get(ctx, "leasing/n")
					if err != nil {
						return err
					}
					n, revision := 0, int64(0)
					if len(answer.Kvs) > 0 {
						n, err = strconv.Atoi(string(answer.Kvs[0].Value))
						must(err)
						revision = answer.Kvs[0].ModRevision
					}
					claim(n >= last, "client %d read %d after %d", w, n, last)
					last = n
					reads.Add(1)
					done, err := kv.Txn(ctx).If(clientv3.Compare(clientv3.ModRevision("leasing/n"), "=", revision)).
						Then(clientv3.OpPut("leasing/n", strconv.Itoa(n+1)), clientv3.OpPut(doneKey, "")).Commit()
					if err == nil {
						isDone = done.Succeeded
						return nil
					}
					// The answer is lost, the step may be done.
					eventually("a look whether a step was done", func(ctx context.Context) error {
						found, err := c.Get(ctx, doneKey)
						isDone = err == nil && found.Count > 0
						return err
					})
					if isDone {
						return nil
					}
					return err
				}))
			}
			writes.Add(1)
		}
	})
	group.Wait()
	c := newClient()
	defer c.Close()
	answer, err := c.Get(context.Background(), "leasing/n")
	must(err)
	claim(string(answer.Kvs[0].Value) == strconv.Itoa(clients*steps), "%s steps, not %d", answer.Kvs[0].Value, clients*steps)
	count("steps", writes.Load())
	count("reads", reads.Load())
}

// With tokens that live for two seconds: clients log in again by themselves, when a token is over,
// when users and roles change, and when the member that knew it is restarted.
func authWorkload() {
	admin := newClient()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	permission := clientv3.PermissionType(clientv3.PermReadWrite)
	for _, step := range []struct {
		isDone error
		do     func(ctx context.Context) error
	}{
		{rpctypes.ErrUserAlreadyExist, func(ctx context.Context) error {
			_, err := admin.UserAdd(ctx, "root", "first")
			return err
		}},
		{rpctypes.ErrUserAlreadyExist, func(ctx context.Context) error {
			_, err := admin.UserAdd(ctx, "ann", "first")
			return err
		}},
		{rpctypes.ErrRoleAlreadyExist, func(ctx context.Context) error {
			_, err := admin.RoleAdd(ctx, "root")
			return err
		}},
		{nil, func(ctx context.Context) error {
			_, err := admin.UserGrantRole(ctx, "root", "root")
			return err
		}},
		{rpctypes.ErrRoleAlreadyExist, func(ctx context.Context) error {
			_, err := admin.RoleAdd(ctx, "writer")
			return err
		}},
		{nil, func(ctx context.Context) error {
			_, err := admin.RoleGrantPermission(ctx, "writer", "auth/", clientv3.GetPrefixRangeEnd("auth/"), permission)
			return err
		}},
		{nil, func(ctx context.Context) error {
			_, err := admin.UserGrantRole(ctx, "ann", "writer")
			return err
		}},
		{rpctypes.ErrUserEmpty, func(ctx context.Context) error {
			_, err := admin.AuthEnable(ctx)
			return err
		}},
	} {
		must(settled(func(ctx context.Context) error { return unless(step.isDone, step.do(ctx)) }))
	}
	admin.Close()
	as := func(user, password string) *clientv3.Client {
		return newClient(func(config *clientv3.Config) {
			config.Username, config.Password = user, password
		})
	}
	root, ann := as("root", "first"), as("ann", "first")
	defer root.Close()
	defer ann.Close()

	puts := int64(0)
	put := func(what string) {
		err := settled(func(ctx context.Context) error {
			_, err := ann.Put(ctx, "auth/n", fmt.Sprint(puts))
			return err
		})
		claim(err == nil, "a put %s: %v", what, err)
		puts++
	}
	watch := ann.Watch(ctx, "auth/n", clientv3.WithRev(1))
	put("with a new token")
	for range 3 {
		time.Sleep(2500 * time.Millisecond)
		put("after the token was over")
	}
	for i := range 5 {
		must(settled(func(ctx context.Context) error {
			_, err := root.RoleGrantPermission(ctx, "writer", fmt.Sprint("more/", i), "", permission)
			return err
		}))
		put("after roles have changed")
	}
	fault("restart-each-unasked")
	eventually("a put after all members were started again", func(ctx context.Context) error {
		_, err := ann.Put(ctx, "auth/n", "after")
		return err
	})
	puts++
	seen, opened := int64(0), int64(1)
	for next := int64(1); seen < puts; {
		answer, open := <-watch
		if !open || answer.Err() != nil {
			// The client ends a watch whose token is not taken; it goes on behind what was seen.
			opened++
			watch = ann.Watch(ctx, "auth/n", clientv3.WithRev(next))
			continue
		}
		for _, event := range answer.Events {
			next = event.Kv.ModRevision + 1
			seen++
		}
	}
	putAs := func(c *clientv3.Client, key, value string) error {
		return settled(func(ctx context.Context) error {
			_, err := c.Put(ctx, key, value)
			return err
		})
	}
	err := putAs(ann, "other", "")
	claim(err == rpctypes.ErrPermissionDenied, "what is not ann's is refused: %v", err)
	must(settled(func(ctx context.Context) error {
		_, err := root.UserChangePassword(ctx, "ann", "second")
		return err
	}))
	claim(putAs(ann, "auth/n", "with the old password") != nil, "an old password does not do")
	second := as("ann", "second")
	defer second.Close()
	must(putAs(second, "auth/n", "with the new password"))
	must(settled(func(ctx context.Context) error {
		_, err := root.AuthDisable(ctx)
		return err
	}))
	must(putAs(newClient(), "auth/n", "nobody"))
	count("puts", puts+2)
	count("events", seen)
	count("watches opened", opened)
}
