"use strict";
// What the page knows of the cluster: one stream of events, the last minutes of it, and whether the connection lives.
(function (Dash) {
    const maxSamples = 600;
    const silenceSeconds = 15;
    const maxDelaySeconds = 30;
    const maxTones = 1000;
    const maxPools = 1000;
    const listeners = new Set();
    const tones = new Map();
    // connection: connecting | live | lost | unauthorized. Samples: t, items, busy, workers, and load by node.
    const state = {
        connection: "connecting", cluster: null, retryAt: null, reason: null, updated: 0, returns: 0,
        samples: [], notes: [], ui: { jobsState: "all", jobsText: "", jobsSort: "started", jobsDescending: true },
    };
    let source = null;
    let timer = 0;
    let watchdog = 0;
    let delay = 1;
    let previous = null;
    let ended = new Map(); // items of each pool that have ended, also of one that did not answer lately
    let note = 0;
    let nextTone = 0;

    function publish() {
        listeners.forEach(listener => listener());
    }

    /** Items of all jobs, also of those that are not listed, that ended since the previous sample. A new pool counts from its first one. */
    function countItems(cluster) {
        let items = 0;
        for (const pool of cluster.pools) {
            const now = pool.completedItems + pool.failedItems;
            items += Math.max(0, now - (ended.get(pool.key) ?? 0));
            ended.set(pool.key, now);
        }
        if (ended.size > maxPools) ended = new Map(cluster.pools.map(pool => [pool.key, ended.get(pool.key)]));
        return items;
    }

    /** Chunks of each job that a node runs. */
    function countRuns(node) {
        const counts = new Map();
        for (const { job } of node.runs) counts.set(job, (counts.get(job) || 0) + 1);
        return [...counts].sort(([a], [b]) => getTone(a) - getTone(b));
    }

    /** A number for each job, by which its colour is chosen: it stays when other jobs come and go. */
    function getTone(key) {
        if (!tones.has(key)) tones.set(key, nextTone++);
        if (tones.size > maxTones) tones.delete(tones.keys().next().value);
        return tones.get(key);
    }

    function addSample(cluster) {
        const now = new Date(cluster.now);
        const seconds = previous ? (now - previous) / 1000 : 0;
        const gap = seconds > 5;
        if (previous && seconds <= 0) return;
        const items = countItems(cluster);
        const nodes = cluster.nodes;
        const load = new Map(nodes.map(node => [node.address, { busy: node.busy, workers: node.workers, jobs: countRuns(node) }]));
        // After a gap the curve is interrupted: what happened in it is unknown.
        if (gap) state.samples.push({ t: now / 1000 - 1, items: null, busy: null, workers: null, load: new Map() });
        state.samples.push({
            t: now / 1000, items: gap || !previous ? null : items / seconds,
            busy: nodes.reduce((sum, node) => sum + node.busy, 0), workers: nodes.reduce((sum, node) => sum + node.workers, 0), load,
        });
        if (state.samples.length > maxSamples) state.samples.splice(0, state.samples.length - maxSamples);
        previous = now;
    }

    /** A job without a visible name is shown by its key, so that there is something to click. */
    function nameJob(named, key) {
        if (!Dash.format.plain(named.name ?? "").trim()) named.name = key;
    }

    /** A node that did not answer has no numbers and no runs; every list is one. */
    function complete(cluster) {
        for (const list of ["nodes", "pools", "jobs", "problemDetails"]) cluster[list] ??= [];
        for (const node of cluster.nodes) {
            node.runs ??= [];
            node.isKnown = Boolean(node.process);
        }
        for (const named of [...cluster.jobs, ...cluster.nodes.flatMap(node => node.runs)]) nameJob(named, named.key ?? named.job);
        return cluster;
    }

    function receive(cluster) {
        if (state.cluster && state.connection !== "live") state.returns++;
        state.cluster = cluster;
        state.connection = "live";
        state.updated = Date.now();
        state.retryAt = state.reason = null;
        delay = 1;
        cluster.jobs.toReversed().forEach(job => getTone(job.key));
        addSample(cluster);
        publish();
    }

    function close() {
        if (source) source.close();
        source = null;
        clearTimeout(timer);
        clearInterval(watchdog);
    }

    /** Says why the stream ended, which an EventSource does not tell, and plans the next attempt. */
    async function lose(reason) {
        close();
        const hadAccess = state.connection !== "unauthorized";
        if (hadAccess) state.connection = "lost";
        state.reason = reason;
        try {
            const answer = await fetch("api/v1/cluster", { cache: "no-store", signal: AbortSignal.timeout(5000) });
            state.connection = answer.status === 401 ? "unauthorized" : "lost";
            if (answer.ok && !hadAccess) {
                connect();
                return;
            }
            if (!answer.ok && answer.status !== 401) state.reason = `The node answered ${answer.status}.`;
        } catch {
            state.connection = "lost";
            state.reason = reason || "The node does not answer.";
        }
        if (document.hidden || source) return;
        state.retryAt = Date.now() + delay * 1000;
        clearTimeout(timer);
        timer = setTimeout(connect, delay * 1000);
        delay = Math.min(maxDelaySeconds, delay * 2);
        publish();
    }

    function connect() {
        close();
        state.retryAt = null;
        if (document.hidden) return;
        // Without a token one question is enough: the stream is opened when the answer is no longer 401.
        if (state.connection === "unauthorized") {
            lose(null);
            return;
        }
        if (state.connection === "lost") state.connection = "connecting";
        publish();
        const opened = Date.now();
        const mine = source = new EventSource("api/v1/events");
        source.addEventListener("cluster", event => receive(complete(JSON.parse(event.data))));
        source.addEventListener("error", () => mine === source && lose(null));
        watchdog = setInterval(() => {
            const quiet = (Date.now() - Math.max(opened, state.updated)) / 1000;
            if (quiet > silenceSeconds) lose(`The node has sent nothing for ${Math.round(quiet)} s.`);
        }, 1000);
    }

    function notify(text, isError) {
        const entry = { id: ++note, text, isError: Boolean(isError) };
        state.notes = [...state.notes.slice(-3), entry];
        publish();
        setTimeout(() => dismiss(entry.id), isError ? 15000 : 6000);
    }

    function dismiss(id) {
        state.notes = state.notes.filter(entry => entry.id !== id);
        publish();
    }

    /** Sends a command. The answer's words become a note; true when it succeeded. */
    async function post(path, body) {
        try {
            const answer = await fetch(path, {
                method: "POST", body: body ? JSON.stringify(body) : null,
                headers: body ? { "X-ActorPool": "1", "Content-Type": "application/json" } : { "X-ActorPool": "1" },
            });
            const json = await answer.json().catch(() => ({}));
            notify(json.message || json.error || `The node answered ${answer.status}.`, !answer.ok);
            return answer.ok;
        } catch {
            notify("The node does not answer. Nothing was changed, as far as this page knows.", true);
            return false;
        }
    }

    async function get(path) {
        const answer = await fetch(path, { cache: "no-store", signal: AbortSignal.timeout(10000) });
        if (answer.status === 401) {
            state.connection = "unauthorized";
            publish();
        }
        const json = answer.ok || answer.status < 500 ? await answer.json().catch(() => ({})) : {};
        if (answer.ok && json.error === undefined) return json;
        // What the node could not answer is an error in its own words, with the status 200 where the path asks for that.
        throw Object.assign(new Error(json.error || `The node answered ${answer.status}.`), { isAnswer: true });
    }

    function start() {
        document.addEventListener("visibilitychange", () => {
            if (document.hidden) close();
            else {
                delay = 1;
                connect();
            }
        });
        connect();
    }

    Dash.store = {
        state, publish, start, connect, getTone, nameJob, notify, dismiss, post, get,
        subscribe(listener) {
            listeners.add(listener);
            return () => listeners.delete(listener);
        },
    };
})(window.Dash);
