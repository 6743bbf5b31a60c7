# Python's pools of processes, called as in the workloads: pool.py pool|executor|mpi WORKERS. Each line on standard input is a command; the answer is one line of numbers.
import array
import concurrent.futures
import multiprocessing
import sys
import time

BLOCK = 131_072
BLOCKS = 256
BASE = array.array("d", range(BLOCK + BLOCKS))


def square(x):
    return x * x


def identity(x):
    return x


def numbers(first):
    return BASE[first:first + BLOCK]


def generate(count):
    yield from range(1, count + 1)


def check(is_right, what):
    if not is_right:
        raise AssertionError(what + ": a result is wrong")


def sum_of_squares(count):
    return count * (count + 1) * (2 * count + 1) // 6


def timed(call):
    start = time.perf_counter()
    result = call()
    return result, (time.perf_counter() - start) * 1e3


def squares(pool, count):
    inputs = list(range(1, count + 1))
    results, elapsed = timed(lambda: pool.map(square, inputs))
    check(len(results) == count and results[-1] == count * count and sum(results) == sum_of_squares(count), "squares")
    return [elapsed]


def blocks_in(pool):
    inputs = [numbers(k) for k in range(BLOCKS)]
    results, elapsed = timed(lambda: pool.map(sum, inputs))
    check(results == [BLOCK * (k + (BLOCK - 1) / 2) for k in range(BLOCKS)], "blocks in")
    return [elapsed]


def blocks_out(pool):
    results, elapsed = timed(lambda: pool.map(numbers, range(BLOCKS)))
    check(all(results[k] == numbers(k) for k in range(BLOCKS)), "blocks out")
    return [elapsed]


def single(pool, calls):
    times = []
    for _ in range(calls):
        result, elapsed = timed(lambda: pool.apply(identity, (42,)))
        check(result == 42, "single")
        times.append(elapsed * 1e3)
    times.sort()
    return [times[calls // 2], times[calls * 99 // 100]]


# Not getrusage's ru_maxrss: a process inherits it from its parent.
def peak_memory():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:")) / 1024


def stream(pool, count):
    before = peak_memory()
    total, elapsed = timed(lambda: sum(pool.imap(square, generate(count), 5_000)))
    check(total == sum_of_squares(count), "stream")
    peak = peak_memory()
    return [elapsed, peak, peak - before]


class Executor:
    """An executor with the methods of multiprocessing.Pool that the workloads use."""

    def __init__(self, create, workers):
        self.executor = create(workers)
        self.parts = 4 * workers

    def __enter__(self):
        self.executor.__enter__()
        return self

    def __exit__(self, *error):
        return self.executor.__exit__(*error)

    # Pool.map divides its items into four parts for each worker; the default of an executor's map is a message an item.
    def map(self, function, items):
        return list(self.executor.map(function, items, chunksize=-(-len(items) // self.parts)))

    def apply(self, function, arguments):
        return self.executor.submit(function, *arguments).result()


def create_pool(kind, workers):
    if kind == "pool":
        return multiprocessing.Pool(workers)
    if kind == "executor":
        return Executor(concurrent.futures.ProcessPoolExecutor, workers)
    from mpi4py.futures import MPIPoolExecutor
    return Executor(MPIPoolExecutor, workers)


def start(kind, workers, spawned):
    created = time.perf_counter_ns()
    with create_pool(kind, workers) as pool:
        check(pool.apply(square, (7,)) == 49, "start")
        done = time.perf_counter_ns()
    print((done - created) / 1e6, (done - spawned) / 1e6)


if __name__ == "__main__":
    if len(sys.argv) > 3:
        start(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
        sys.exit()
    with create_pool(sys.argv[1], int(sys.argv[2])) as pool:
        print("ready", flush=True)
        commands = {"squares": squares, "in": blocks_in, "out": blocks_out, "single": single, "stream": stream}
        for line in sys.stdin:
            name, *arguments = line.split()
            print(*commands[name](pool, *map(int, arguments)), flush=True)
