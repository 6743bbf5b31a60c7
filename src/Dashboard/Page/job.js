"use strict";
// One job: live while it runs, the same page in a saved report.
(function (Dash) {
    const { html, useState, useEffect, Badge, Stat, Progress, Empty, Icon } = Dash.parts;
    const { format, store } = Dash;
    const everyMilliseconds = 1000;
    const maxDelayMilliseconds = 10000;
    const maxMisses = 3;

    /** What the server has nothing to say about may be null. */
    function complete(report) {
        for (const list of ["holders", "slowest", "failures", "chunkSizes", "advice"]) report[list] ??= [];
        report.histogram ??= { edges: [], counts: [] };
        report.time ??= { working: 0, serializing: 0, transferring: 0, idle: 0 };
        report.time.waiting ??= 0;
        store.nameJob(report.job, report.job.key);
        for (const failure of report.failures) {
            failure.indices ??= [];
            failure.inputs ??= [];
        }
        return report;
    }

    /** What only the cluster knows: how many workers each node has. A saved file has it too. */
    function addWorkers(report) {
        const nodes = store.state.cluster?.nodes ?? [];
        report.workers = Object.fromEntries(nodes.filter(node => node.isKnown).map(node => [node.address, node.workers]));
        return report;
    }

    /** Whether the cluster is seen, all its pools have told what they are, and none of them has the job. */
    function isProgramGone(key) {
        const { cluster, connection } = store.state;
        return connection === "live" && !cluster.pools.some(pool => pool.key === key.split("-")[0])
            && !cluster.problemDetails.some(problem => problem.subject === "pool");
    }

    /** Asks for the job each second while it runs and the page is seen. */
    function useJob(key) {
        const [view, setView] = useState({ key, report: null, isGone: false, reason: null });
        useEffect(() => {
            let timer = 0;
            let ended = false;
            let isDone = false;
            let misses = 0;
            let delay = everyMilliseconds;
            setView({ key, report: null, isGone: false, reason: null });
            const ask = async () => {
                clearTimeout(timer);
                if (document.hidden || ended || isDone) return;
                try {
                    const answer = await store.get(`api/v1/jobs/${encodeURIComponent(key)}?status=200`);
                    const report = addWorkers(complete(answer));
                    if (ended) return;
                    isDone = report.job.state !== "running";
                    misses = 0;
                    delay = everyMilliseconds;
                    setView({ key, report, isGone: false, reason: null });
                } catch (error) {
                    if (ended) return;
                    // A pool is asked through a node: while that one is being lost, the answer may be missing once or twice.
                    if (error.isAnswer) misses++;
                    isDone = misses >= maxMisses && isProgramGone(key);
                    delay = Math.min(maxDelayMilliseconds, misses < maxMisses ? delay : delay * 2);
                    const reason = error.isAnswer ? error.message : "The node does not answer.";
                    setView(before => ({ ...before, isGone: isDone, reason }));
                }
                if (!isDone) timer = setTimeout(ask, delay);
            };
            document.addEventListener("visibilitychange", ask);
            ask();
            return () => {
                ended = true;
                clearTimeout(timer);
                document.removeEventListener("visibilitychange", ask);
            };
        }, [key]);
        return view.key === key ? view : { key, report: null, isGone: false, reason: null };
    }

    function Numbers({ report }) {
        const { job, time } = report;
        const seconds = time.working + time.waiting + time.transferring + time.idle;
        const isRunning = job.state === "running";
        const isGone = job.state === "gone";
        // An item whose worker or node was lost counts as one more attempt too.
        const again = Math.max(job.retried, job.requeued);
        return html`<dl class="stats">
            <${Stat} label="Items done" value=${format.count(job.done)}
                note=${job.total == null ? "total unknown" : `of ${format.count(job.total)}`} />
            <${Stat} label="Failed" value=${format.count(job.failed)} tone=${job.failed ? "bad" : ""}
                note=${job.done ? `${format.percent(job.failed, job.done)} of done` : "items"} />
            <${Stat} label="Throughput" value=${format.compact(job.rate)} note="items/s" />
            <${Stat} label=${isRunning ? "Remaining" : "Took"} value=${format.duration(isRunning ? job.remaining : job.elapsed)}
                note=${isRunning ? `after ${format.duration(job.elapsed)}` : isGone ? "last known" : `ended ${job.state}`} />
            <${Stat} label="In flight" value=${format.count(job.running)} note=${isGone ? "chunks, last known" : "chunks"} />
            <${Stat} label="Run again" value=${format.count(again)} tone=${again ? "warned" : ""}
                note=${again ? `items, ${format.count(job.requeued)} of them requeued` : "items"} />
            ${seconds > 0 && html`<${Stat} label="Workers working" value=${format.percent(time.working, seconds)}
                note=${`of their ${format.duration(seconds)}`} />`}
        </dl>`;
    }

    function SaveButton({ report }) {
        const [isBusy, setBusy] = useState(false);
        const click = async () => {
            setBusy(true);
            try {
                store.notify(`Saved as ${await Dash.save.save(report)}: it opens in any browser, without a network.`);
            } catch (error) {
                store.notify(`The report was not saved: ${error.message}`, true);
            }
            setBusy(false);
        };
        return html`<button type="button" disabled=${isBusy} onClick=${click}><${Icon} name="save" />Save as a file</button>`;
    }

    function Heading({ report, isSaved }) {
        const { job } = report;
        return html`<div class="heading"><div>
                ${!isSaved && html`<p class="crumbs"><a href="#/jobs">Jobs</a> / ${job.poolName}</p>`}
                <h1 tabindex="-1"><span class="name">${job.name}</span><${Badge} state=${job.state} /></h1>
                <p class="note"><code>${job.function}</code> · pool ${job.poolName} · called from ${job.caller}
                    ${" "}· started ${format.dateTime(job.started)}</p></div>
            ${!isSaved && html`<div class="buttons"><${SaveButton} report=${report} />
                ${job.canRetry && job.state === "running" && job.failed > 0 && html`<${Dash.actions.RetryFailed} job=${job} />`}
                ${job.state === "running" && html`<${Dash.actions.CancelJob} job=${job} />`}</div>`}</div>`;
    }

    /** The two pictures of chunks: what is pointed at in one is marked in both, and nothing else is drawn again. */
    function Pictures({ report, holders }) {
        const [picked, setPicked] = useState(null);
        // A poll brings new objects: the chunk that was picked is found again by its start and attempt.
        const chosen = picked && report.chunks.cells.find(cell => cell.start === picked.start && cell.attempt === picked.attempt);
        const shared = { report, holders, chosen, onChoose: setPicked };
        return html`<${Dash.timeline.Timeline} ...${shared} /><${Dash.chunks.Chunks} ...${shared} />`;
    }

    function Report({ report, isSaved }) {
        const parts = Dash.jobParts;
        const holders = Dash.chunks.nameHolders(report);
        return html`<${Heading} report=${report} isSaved=${isSaved} />
            ${report.job.error && html`<p class="banner failed"><${Icon} name="warn" /><span>${report.job.error}</span></p>`}
            <div class="big"><${Progress} job=${report.job} /></div>
            <${Numbers} report=${report} />
            <${parts.Advice} advice=${report.advice} />
            <${Pictures} report=${report} holders=${holders} />
            <div class="pair"><${parts.Time} report=${report} /><${parts.Speed} report=${report} /></div>
            <${parts.Failures} report=${report} />
            <div class="pair"><${parts.ItemTimes} report=${report} /><${parts.Slowest} report=${report} holders=${holders} /></div>
            <div class="pair"><${parts.Holders} report=${report} holders=${holders} /><${parts.Sizes} sizes=${report.chunkSizes} /></div>`;
    }

    function Job({ jobKey }) {
        const { report, isGone, reason } = useJob(jobKey);
        const job = report && report.job;
        useEffect(() => {
            if (job) document.title = format.plain(`${job.total ? format.percent(job.done, job.total) + " " : ""}${job.name} · ActorPool`);
        });
        if (isGone && !report) {
            return html`<h1 tabindex="-1">This job is gone</h1><${Empty}
                title="Its program has ended, or has left the cluster.">Jobs that have ended are kept for a
                while, and only as long as the program that called them lives. <a href="#/jobs">The jobs of now</a><//>`;
        }
        if (isGone) {
            return html`<p class="banner requeued" role="status"><${Icon} name="warn" /><span><b>Its program has ended, or has left the
                cluster.</b> What you see is the last known state, from ${format.clock(report.now)}.</span></p>
                <${Report} report=${{ ...report, job: { ...job, state: "gone" } }} />`;
        }
        if (!report) return html`<h1 tabindex="-1">Job</h1><p class="hint" role="status">${reason || "Asking for the job …"}</p>`;
        return html`${reason && html`<p class="banner requeued" role="status"><${Icon} name="warn" /><span>
            ${reason} What you see is from ${format.clock(report.now)}.</span></p>`}
            <${Report} report=${report} />`;
    }

    Dash.job = { Job, Report, complete };
})(window.Dash);
