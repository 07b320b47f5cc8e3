// Workloads of Go's client library against a cluster of three members, each of which ends with a
// claim about everything that it did. Faults are asked for on standard output, a line each
// ("@fault kill-leader"), and waited for on standard input; "@count NAME=N" reports what was done.
package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	clientv3 "go.etcd.io/etcd/client/v3"
	"go.uber.org/zap"
	"google.golang.org/grpc/codes"
)

var workloads = map[string]func(){
	"mutex":     mutexWorkload,
	"election":  electionWorkload,
	"stm":       stmWorkload,
	"lease":     leaseWorkload,
	"watch":     watchWorkload,
	"balancer":  balancerWorkload,
	"auth":      authWorkload,
	"namespace": namespaceWorkload,
	"ordering":  orderingWorkload,
	"mirror":    mirrorWorkload,
	"leasing":   leasingWorkload,
}

var endpoints []string

func main() {
	if len(os.Args) != 3 || workloads[os.Args[2]] == nil {
		fmt.Fprintln(os.Stderr, "usage: client-workload ENDPOINT,… WORKLOAD")
		os.Exit(2)
	}
	endpoints = strings.Split(os.Args[1], ",")
	workloads[os.Args[2]]()
}

func newClient(change ...func(*clientv3.Config)) *clientv3.Client {
	config := clientv3.Config{Endpoints: endpoints, DialTimeout: 5 * time.Second, Logger: zap.NewNop()}
	for _, apply := range change {
		apply(&config)
	}
	var c *clientv3.Client
	// With a user it logs in, for which there must be a leader.
	must(settled(func(_ context.Context) error {
		made, err := clientv3.New(config)
		c = made
		return err
	}))
	return c
}

// claim ends the program unless it holds.
func claim(holds bool, format string, args ...any) {
	if holds {
		return
	}
	fmt.Fprintf(os.Stderr, "not so: "+format+"\n", args...)
	os.Exit(1)
}

func must(err error) {
	_, file, line, _ := runtime.Caller(1)
	claim(err == nil, "no error at %s:%d, but: %v", filepath.Base(file), line, err)
}

func count(name string, n int64) {
	fmt.Printf("@count %s=%d\n", name, n)
}

var (
	faultMutex sync.Mutex
	answers    = bufio.NewReader(os.Stdin)
)

// fault asks for one and returns when it was done.
func fault(name string) {
	faultMutex.Lock()
	defer faultMutex.Unlock()
	fmt.Printf("@fault %s\n", name)
	line, err := answers.ReadString('\n')
	must(err)
	claim(strings.TrimSpace(line) == "done", "fault %s: %s", name, line)
}

// hang is longer than anything takes on a slow, crowded machine.
const hang = 3 * time.Minute

// patient bounds what may last as long as a leader is missing.
func patient() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), hang)
}

// brief is how long one try may take; what has failed is tried again.
func brief() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), 3*time.Second)
}

// eventually tries until it succeeds; the error of the last try is reported.
func eventually(what string, try func(ctx context.Context) error) {
	deadline := time.Now().Add(hang)
	for {
		ctx, cancel := brief()
		err := try(ctx)
		cancel()
		if err == nil {
			return
		}
		claim(time.Now().Before(deadline), "%s: %v", what, err)
		time.Sleep(20 * time.Millisecond)
	}
}

// settled tries until the answer is one, and not that it was lost with a leader; what is claimed of
// a first answer thus also holds on a machine so slow that leaders change by themselves.
func settled(try func(ctx context.Context) error) error {
	deadline := time.Now().Add(hang)
	for {
		ctx, cancel := patient()
		err := try(ctx)
		cancel()
		var known rpctypes.EtcdError
		isLost := errors.Is(err, context.DeadlineExceeded) ||
			errors.As(err, &known) && known.Code() == codes.Unavailable
		if !isLost || time.Now().After(deadline) {
			return err
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// inParallel runs n of them and waits for all.
func inParallel(n int, run func(i int)) *sync.WaitGroup {
	var group sync.WaitGroup
	for i := range n {
		group.Add(1)
		go func() {
			defer group.Done()
			run(i)
		}()
	}
	return &group
}

// reaches waits until the counter has come so far, however long: only standing still is a failure.
func reaches(counter *atomic.Int64, n int64) {
	last, deadline := int64(-1), time.Time{}
	for {
		now := counter.Load()
		if now >= n {
			return
		}
		if now != last {
			last, deadline = now, time.Now().Add(hang)
		}
		claim(time.Now().Before(deadline), "%d steps, not only %d after standing still", n, now)
		time.Sleep(5 * time.Millisecond)
	}
}

// putNew puts a key that is not there yet, once: a try whose answer was lost is not done again.
func putNew(c *clientv3.Client, key, value string, options ...clientv3.OpOption) {
	eventually("a put of "+key, func(ctx context.Context) error {
		isNew := clientv3.Compare(clientv3.Version(key), "=", 0)
		_, err := c.Txn(ctx).If(isNew).Then(clientv3.OpPut(key, value, options...)).Commit()
		return err
	})
}

// unless takes an error for none that says that a try before has done it, whose answer was lost.
func unless(isDone, err error) error {
	if isDone != nil && errors.Is(err, isDone) {
		return nil
	}
	return err
}

// firstWritten is the revision that created the key.
func firstWritten(c *clientv3.Client, key string) int64 {
	ctx, cancel := patient()
	defer cancel()
	answer, err := c.Get(ctx, key)
	must(err)
	return answer.Kvs[0].CreateRevision
}

// countOf asks for the number of keys below a prefix.
func countOf(c *clientv3.Client, prefix string) int64 {
	ctx, cancel := patient()
	defer cancel()
	answer, err := c.Get(ctx, prefix, clientv3.WithPrefix(), clientv3.WithCountOnly())
	must(err)
	return answer.Count
}
