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

	clientv3 "go.etcd.io/etcd/client/v3"
	"go.uber.org/zap"
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
	c, err := clientv3.New(config)
	must(err)
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

// patient bounds what may last as long as a leader is missing.
func patient() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), 60*time.Second)
}

// brief is how long one try may take; what has failed is tried again.
func brief() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), 3*time.Second)
}

// eventually tries until it succeeds; the error of the last try is reported.
func eventually(what string, try func(ctx context.Context) error) {
	deadline := time.Now().Add(60 * time.Second)
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

var errNotYet = errors.New("not yet")

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

// reaches waits until the counter has come so far.
func reaches(counter *atomic.Int64, n int64) {
	deadline := time.Now().Add(90 * time.Second)
	for counter.Load() < n {
		claim(time.Now().Before(deadline), "%d steps in time, only %d", n, counter.Load())
		time.Sleep(5 * time.Millisecond)
	}
}

// countOf asks for the number of keys below a prefix.
func countOf(c *clientv3.Client, prefix string) int64 {
	ctx, cancel := patient()
	defer cancel()
	answer, err := c.Get(ctx, prefix, clientv3.WithPrefix(), clientv3.WithCountOnly())
	must(err)
	return answer.Count
}
