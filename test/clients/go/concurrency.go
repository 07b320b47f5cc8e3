package main

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"

	clientv3 "go.etcd.io/etcd/client/v3"
	"go.etcd.io/etcd/client/v3/concurrency"
)

// Several clients add to a counter under a mutex: read, then write what was read plus one, and with
// it a key of that step. Some sessions end by expiry while they hold it, and a leader is killed. As
// many steps as the counter says: nobody wrote over another's.
func mutexWorkload() {
	const clients, steps = 6, 25
	var done, expired atomic.Int64
	group := inParallel(clients, func(i int) {
		c := newClient()
		defer c.Close()
		session := newSession(c)
		for step := 0; step < steps; {
			mutex := concurrency.NewMutex(session, "mutex/lock/")
			ctx, cancel := patient()
			err := mutex.Lock(ctx)
			cancel()
			if err != nil {
				session = nextSession(c, session)
				continue
			}
			if i < 2 && step == steps/2 && expired.Load() <= int64(i) {
				// Holds the lock and is heard of no more: the next gets it when the lease is over.
				expired.Add(1)
				session = nextSession(c, session)
				continue
			}
			if addOne(c, mutex, fmt.Sprintf("mutex/done/%d/%d", i, step)) {
				step++
				done.Add(1)
			}
			ctx, cancel = patient()
			if mutex.Unlock(ctx) != nil {
				session = nextSession(c, session)
			}
			cancel()
		}
		session.Close()
	})
	reaches(&done, clients*steps/4)
	fault("kill-leader")
	reaches(&done, clients*steps/2)
	fault("start-killed")
	group.Wait()

	c := newClient()
	defer c.Close()
	ctx, cancel := patient()
	defer cancel()
	answer, err := c.Get(ctx, "mutex/counter")
	must(err)
	value, err := strconv.ParseInt(string(answer.Kvs[0].Value), 10, 64)
	must(err)
	claim(value == clients*steps, "the counter is %d, not %d", value, clients*steps)
	claim(countOf(c, "mutex/done/") == value, "a key for each of %d steps", value)
	count("steps", done.Load())
	count("expired sessions", expired.Load())
}

// addOne is repeated until it is known to be done; false when the lock was lost before.
func addOne(c *clientv3.Client, mutex *concurrency.Mutex, doneKey string) bool {
	owned := false
	eventually("a step under the lock", func(ctx context.Context) error {
		before, err := c.Get(ctx, "mutex/counter")
		if err != nil {
			return err
		}
		value := int64(0)
		if len(before.Kvs) > 0 {
			value, err = strconv.ParseInt(string(before.Kvs[0].Value), 10, 64)
			must(err)
		}
		next := strconv.FormatInt(value+1, 10)
		isNew := clientv3.Compare(clientv3.Version(doneKey), "=", 0)
		answer, err := c.Txn(ctx).If(mutex.IsOwner(), isNew).
			Then(clientv3.OpPut("mutex/counter", next), clientv3.OpPut(doneKey, next)).
			Else(clientv3.OpGet(doneKey)).Commit()
		if err != nil {
			return err
		}
		owned = answer.Succeeded || len(answer.Responses[0].GetResponseRange().Kvs) > 0
		return nil
	})
	return owned
}

func newSession(c *clientv3.Client) *concurrency.Session {
	var session *concurrency.Session
	eventually("a session", func(_ context.Context) error {
		// Not the context of the try: the session lives as long as its own.
		made, err := concurrency.NewSession(c, concurrency.WithTTL(5))
		session = made
		return err
	})
	return session
}

// nextSession replaces a session that is forgotten, or of which it is open what it still holds: when
// an answer was lost with a leader, a key under its lease may be there. Kept alive it would be held
// for ever; so it is over with its lease.
func nextSession(c *clientv3.Client, last *concurrency.Session) *concurrency.Session {
	last.Orphan()
	return newSession(c)
}

// Candidates lead one after the other, proclaim, and resign or are forgotten. An observer sees
// leaders in the order of their candidacies, and every proclamation of one before any of the next.
func electionWorkload() {
	const candidates, turns = 4, 6
	var led, proclaimed, seen atomic.Int64
	observer := newClient()
	defer observer.Close()
	observing, stop := context.WithCancel(context.Background())
	var observed sync.WaitGroup
	observed.Add(1)
	go func() {
		defer observed.Done()
		election := concurrency.NewElection(newSession(observer), "election/")
		created, modified := int64(0), int64(0)
		for answer := range election.Observe(observing) {
			kv := answer.Kvs[0]
			claim(kv.CreateRevision >= created, "leader of revision %d after %d", kv.CreateRevision, created)
			// The next leader's proposal is as old as its candidacy.
			isSame := kv.CreateRevision == created
			claim(!isSame || kv.ModRevision >= modified, "proclamation %d after %d", kv.ModRevision, modified)
			created, modified = kv.CreateRevision, kv.ModRevision
			seen.Add(1)
		}
	}()
	group := inParallel(candidates, func(i int) {
		c := newClient()
		defer c.Close()
		session := newSession(c)
		for turn := 0; turn < turns; {
			election := concurrency.NewElection(session, "election/")
			ctx, cancel := patient()
			name := fmt.Sprintf("%d/%d", i, turn)
			if err := election.Campaign(ctx, name); err != nil {
				cancel()
				session = nextSession(c, session)
				continue
			}
			for range 2 {
				// Lost leadership is an error here, and the turn begins anew.
				if election.Proclaim(ctx, name) == nil {
					proclaimed.Add(1)
				}
			}
			isForgotten := i == 0 && turn%3 == 1
			if isForgotten || election.Resign(ctx) != nil {
				session = nextSession(c, session)
			}
			cancel()
			turn++
			led.Add(1)
		}
		session.Close()
	})
	reaches(&led, candidates*turns/4)
	fault("kill-leader")
	reaches(&led, candidates*turns/2)
	fault("start-killed")
	group.Wait()
	claim(seen.Load() > 0, "an observer sees leaders")
	stop()
	observed.Wait()
	count("turns", led.Load())
	count("proclamations", proclaimed.Load())
	count("observations", seen.Load())
}

// Transfers between accounts under each isolation that excludes lost updates. Whatever fails, the
// sum stays, for everybody who reads all accounts in one transaction.
func stmWorkload() {
	const accounts, start, writers = 10, 100, 6
	c := newClient()
	defer c.Close()
	account := func(i int) string { return fmt.Sprintf("stm/%02d", i) }
	for i := range accounts {
		eventually("an account", func(ctx context.Context) error {
			_, err := c.Put(ctx, account(i), strconv.Itoa(start))
			return err
		})
	}
	levels := []concurrency.Isolation{
		concurrency.SerializableSnapshot, concurrency.Serializable, concurrency.RepeatableReads,
	}
	var transfers, sums atomic.Int64
	amount := func(s concurrency.STM, key string) int {
		n, err := strconv.Atoi(s.Get(key))
		must(err)
		return n
	}
	// One pair is only ever drawn from, and may not fall below zero together: write skew would do it.
	pair := []string{"stm-pair/a", "stm-pair/b"}
	for _, key := range pair {
		eventually("one of the pair", func(ctx context.Context) error {
			_, err := c.Put(ctx, key, "50")
			return err
		})
	}
	group := inParallel(writers, func(w int) {
		level := concurrency.WithIsolation(levels[w%len(levels)])
		for step := range 60 {
			from, to := account((w+step)%accounts), account((w*3+step*7+1)%accounts)
			if from == to {
				continue
			}
			ctx, cancel := brief()
			_, err := concurrency.NewSTM(c, func(s concurrency.STM) error {
				moved := step%9 + 1
				s.Put(from, strconv.Itoa(amount(s, from)-moved))
				s.Put(to, strconv.Itoa(amount(s, to)+moved))
				return nil
			}, level, concurrency.WithAbortContext(ctx))
			cancel()
			if err == nil {
				transfers.Add(1)
			}
			ctx, cancel = brief()
			// An error leaves it open whether it was done; the claim holds in both cases.
			_, _ = concurrency.NewSTM(c, func(s concurrency.STM) error {
				if amount(s, pair[0])+amount(s, pair[1]) > 0 {
					mine := pair[w%2]
					s.Put(mine, strconv.Itoa(amount(s, mine)-1))
				}
				return nil
			}, concurrency.WithAbortContext(ctx))
			cancel()
		}
	})
	readers, stop := context.WithCancel(context.Background())
	reading := inParallel(2, func(_ int) {
		for readers.Err() == nil {
			sum := 0
			ctx, cancel := brief()
			_, err := concurrency.NewSTM(c, func(s concurrency.STM) error {
				sum = 0
				for i := range accounts {
					sum += amount(s, account(i))
				}
				return nil
			}, concurrency.WithIsolation(concurrency.Serializable), concurrency.WithAbortContext(ctx))
			cancel()
			if err != nil {
				continue
			}
			claim(sum == accounts*start, "the sum is %d, not %d", sum, accounts*start)
			sums.Add(1)
		}
	})
	reaches(&transfers, 60)
	fault("kill-leader")
	reaches(&transfers, 120)
	fault("start-killed")
	group.Wait()
	stop()
	reading.Wait()
	left := 0
	for _, key := range pair {
		answer, err := c.Get(context.Background(), key)
		must(err)
		n, err := strconv.Atoi(string(answer.Kvs[0].Value))
		must(err)
		left += n
	}
	claim(left >= 0, "the pair has %d, drawn below zero", left)
	claim(sums.Load() > 0, "sums were read")
	count("transfers", transfers.Load())
	count("sums read", sums.Load())
}
