"use strict";
// The first page: the numbers that matter, the last minutes, who works, and what is wrong.
(function (Dash) {
    const { html, Badge, Stat, Panel, Progress, Empty, Icon } = Dash.parts;
    const { Canvas, Curve, drawLoad } = Dash.charts;
    const { format, store } = Dash;
    const spans = [60, 120, 300];
    const maxRuns = 64;
    const workerSeries = [
        { label: "busy", colour: "running", stepped: true }, { label: "all", colour: "muted", dash: [4, 4], stepped: true },
    ];

    function sum(list, get) {
        return list.reduce((total, one) => total + (get(one) || 0), 0);
    }

    function toneOf(key) {
        return `n${store.getTone(key) % 8}`;
    }

    function Stats({ cluster, rate }) {
        const { nodes, jobs } = cluster;
        const workers = sum(nodes, node => node.workers);
        const busy = sum(nodes, node => node.busy);
        const waiting = sum(nodes, node => node.waiting);
        const listed = jobs.filter(job => job.state === "running").length;
        const unlisted = sum(cluster.pools, pool => pool.unlistedJobs);
        const up = nodes.filter(node => node.state === "up").length;
        const failed = sum(jobs, job => job.failed);
        return html`<dl class="stats">
            <${Stat} label="Throughput" value=${format.compact(rate)} note="items/s" />
            <${Stat} label="Workers busy" value=${`${format.count(busy)} / ${format.count(workers)}`} note=${format.percent(busy, workers)}>
                <span class="meter" aria-hidden="true"><i style=${{ width: `${workers ? busy / workers * 100 : 0}%` }}></i></span><//>
            <${Stat} label="Running jobs" value=${format.count(listed + unlisted)}
                note=${unlisted ? `${format.count(listed)} of them listed` : `of ${format.count(jobs.length)} shown`} />
            <${Stat} label="Chunks waiting" value=${format.count(waiting)} note="at nodes" />
            <${Stat} label="Nodes up" value=${`${up} / ${nodes.length}`} tone=${up < nodes.length ? "bad" : ""}
                note=${format.bytes(sum(nodes, node => node.memoryBytes))} />
            <${Stat} label="Failed items" value=${format.compact(failed)} tone=${failed ? "bad" : ""} note="in these jobs" />
        </dl>`;
    }

    /** Seconds to show: a page that was just opened shows its first minute large, not five minutes of nothing. */
    function getSpan(samples) {
        const seen = samples.length ? samples[samples.length - 1].t - samples[0].t : 0;
        return spans.find(span => span >= seen) ?? spans.at(-1);
    }

    function spanWords(samples) {
        const minutes = getSpan(samples) / 60;
        return minutes === 1 ? "the last minute" : `the last ${minutes} minutes`;
    }

    function Throughput({ samples }) {
        const now = samples.length ? samples[samples.length - 1].t : Date.now() / 1000;
        const span = getSpan(samples);
        const shown = samples.filter(sample => sample.t >= now - span);
        const rates = shown.map(sample => sample.items).filter(items => items != null);
        const label = rates.length ? `Throughput of ${spanWords(samples)}: now `
            + `${format.rate(rates[rates.length - 1])}, at most ${format.rate(Math.max(...rates))}.` : "Throughput: no data yet.";
        const clock = index => format.clock(shown[index].t * 1000);
        const common = { from: now - span, to: now };
        return html`<${Panel} title="Throughput" note=${`items per second, ${spanWords(samples)}`} wide>
            <${Curve} ...${common} height=${180} label=${label} series=${[{ label: "items/s", colour: "accent" }]}
                data=${[shown.map(sample => sample.t), shown.map(sample => sample.items)]}
                describe=${index => `${clock(index)}: ${format.rate(shown[index].items)}`} />
            <h3>Workers <span class="note">busy (area) of all (dashed line)</span></h3>
            <${Curve} ...${common} height=${110} label=${`Busy workers and all workers of ${spanWords(samples)}.`}
                series=${workerSeries}
                data=${[shown.map(sample => sample.t), shown.map(sample => sample.busy), shown.map(sample => sample.workers)]}
                describe=${index => `${clock(index)}: ${shown[index].busy} of ${shown[index].workers} workers busy`} /><//>`;
    }

    function Squares({ node }) {
        const runs = node.runs.slice(0, maxRuns);
        const idle = Math.max(0, Math.min(node.workers, maxRuns) - runs.length);
        const more = Math.max(0, node.workers - maxRuns);
        return html`<div class="squares">${runs.map(run => html`<a class=${`square ${toneOf(run.job)}`} href=${`#/jobs/${run.job}`}
                title=${`${run.name}, ${format.range(run.start, run.count)}, for ${format.duration(run.since)}`}
                aria-label=${`${run.name}, ${format.range(run.start, run.count)}`}>${(run.name || "?").slice(0, 1).toUpperCase()}</a>`)}
            ${Array.from({ length: idle }, () => html`<span class="square free" title="idle"></span>`)}
            ${more > 0 && html`<span class="note">+ ${more}</span>`}
            <span class="unseen">${`${format.count(idle)} idle`}</span></div>`;
    }

    function Nodes({ cluster, samples }) {
        return html`<${Panel} title="Workers now" wide
            note=${`a square for each worker, coloured by job, and what they ran in ${spanWords(samples)}`}>
            ${cluster.nodes.length === 0 && html`<p class="hint">No node has joined.</p>`}
            <ul class=${cluster.nodes.length > 8 ? "nodes compact" : "nodes"}>${cluster.nodes.slice(0, 32).map(node => html`<li
                key=${node.address}>
                <div class="who"><a href="#/nodes">${node.address}</a><span class="note">${node.host}</span>
                    ${node.state !== "up" && html`<${Badge} state=${node.state} />`}</div>
                <${Squares} node=${node} />
                <${Canvas} height=${cluster.nodes.length > 8 ? 18 : 28} className="strip"
                    draw=${drawLoad(samples, node.address, getSpan(samples))}
                    label=${`Load of ${node.address}: now ${format.percent(node.busy, node.workers)}`} />
                <div class="share">${node.isKnown ? `${format.count(node.busy)} / ${format.count(node.workers)}` : format.none}</div></li>`)}</ul>
            ${cluster.nodes.length > 32 && html`<p class="hint"><a href="#/nodes">All ${cluster.nodes.length} nodes</a></p>`}<//>`;
    }

    /** The node decides what is a problem: here are only the links. */
    function findProblems(cluster) {
        return cluster.problemDetails.map(({ subject, text, node, job, isWarning }) => ({
            text, tone: isWarning ? "requeued" : "failed",
            href: job ? `#/jobs/${job}` : subject === "job" ? "#/jobs" : node ? "#/nodes" : null,
        }));
    }

    function Problems({ cluster }) {
        const problems = findProblems(cluster);
        return html`<${Panel} title="Problems" note=${problems.length ? String(problems.length) : ""}>
            ${problems.length === 0 ? html`<p class="good"><${Icon} name="check" />None that this page knows of.</p>` : html`<ul
                class="problems">
            ${problems.map(({ text, href, tone }) => html`<li class=${tone}><${Icon} name="warn" />
                ${href ? html`<a href=${href}>${text}</a>` : html`<span>${text}</span>`}</li>`)}</ul>`}<//>`;
    }

    function RunningJobs({ cluster }) {
        const running = cluster.jobs.filter(job => job.state === "running");
        return html`<${Panel} title="Running jobs" note=${format.count(running.length + sum(cluster.pools, pool => pool.unlistedJobs))}>
            ${running.length === 0 && html`<p class="hint">None. The newest that ended are under <a href="#/jobs">Jobs</a>.</p>`}
            <ul class="cards">${running.slice(0, 8).map(job => html`<li key=${job.key}>
                <div class="line"><span class=${`dot ${toneOf(job.key)}`} aria-hidden="true"></span>
                    <a href=${`#/jobs/${job.key}`}>${job.name}</a><span class="note">${job.poolName}</span></div>
                <${Progress} job=${job} />
                <div class="note">${format.rate(job.rate)}
                    ${" "}· ${job.remaining == null ? "end unknown" : `${format.duration(job.remaining)} left`}
                    ${" "}· ${format.plural(job.running, "chunk")} in flight
                    ${job.failed > 0 && html` · <b>${format.count(job.failed)} failed</b>`}</div>
            </li>`)}</ul>
            ${running.length > 8 && html`<p class="hint"><a
                href="#/jobs">All ${format.count(running.length)} that are listed</a></p>`}<//>`;
    }

    function Overview() {
        const { cluster, samples } = store.state;
        // Before two samples exist, the jobs' own rates say it.
        const rate = samples.at(-1)?.items ?? sum(cluster.jobs.filter(job => job.state === "running"), job => job.rate);
        const isIdle = cluster.jobs.length === 0 && cluster.pools.length === 0;
        return html`<h1 tabindex="-1">Overview</h1>
            <${Stats} cluster=${cluster} rate=${rate} />
            ${isIdle && html`<${Empty} title="No pool has connected yet.">A program uses this cluster with${" "}
                <code>await WorkerPool.ConnectAsync("${cluster.asked}")</code>; its jobs then appear here.<//>`}
            <div class="columns"><div><${Throughput} samples=${samples} /><${Nodes} cluster=${cluster} samples=${samples} /></div>
            <div><${Problems} cluster=${cluster} /><${RunningJobs} cluster=${cluster} /></div></div>`;
    }

    Dash.overview = { Overview };
})(window.Dash);
