"use strict";
// All jobs of all pools: filtered by state and text, sorted by a column.
(function (Dash) {
    const { html, Badge, Progress, Table, Empty, Choice, useState } = Dash.parts;
    const { format, store } = Dash;
    const page = 100;
    const share = job => job.total ? job.done / job.total : job.total === 0 ? 1 : 0;
    const columns = [
        { key: "name", word: "Job", get: job => job.name.toLowerCase() },
        { key: "state", word: "State", get: job => job.state },
        { key: "progress", word: "Progress", get: share },
        { key: "failed", word: "Failed", get: job => job.failed, className: "number wide" },
        { key: "rate", word: "Rate", get: job => job.rate || 0, className: "number wide" },
        { key: "remaining", word: "Remaining", get: job => job.remaining ?? Infinity, className: "number wide" },
        { key: "started", word: "Started", get: job => job.started, className: "number wide" },
    ];

    function choose(jobs, { jobsState, jobsText, jobsSort, jobsDescending }) {
        const text = jobsText.trim().toLowerCase();
        const found = jobs.filter(job => (jobsState === "all" || job.state === jobsState)
            && (!text || [job.name, job.function, job.poolName, job.caller].some(one => String(one ?? "").toLowerCase().includes(text))));
        const { get } = columns.find(column => column.key === jobsSort);
        const compare = (a, b) => a < b ? -1 : a > b ? 1 : 0;
        found.sort((a, b) => compare(get(a), get(b)) * (jobsDescending ? -1 : 1));
        return found;
    }

    function Heading({ column }) {
        const { ui } = store.state;
        const isSorted = ui.jobsSort === column.key;
        const click = () => {
            ui.jobsDescending = isSorted ? !ui.jobsDescending : column.key !== "name";
            ui.jobsSort = column.key;
            store.publish();
        };
        return html`<th scope="col" class=${column.className || ""}
            aria-sort=${!isSorted ? "none" : ui.jobsDescending ? "descending" : "ascending"}>
            <button type="button" class="sort" onClick=${click}>${column.word}<span aria-hidden="true">
            ${isSorted ? ui.jobsDescending ? " ↓" : " ↑" : ""}</span></button></th>`;
    }

    function Row({ job, now }) {
        const remaining = job.state === "running" ? format.duration(job.remaining) : format.none;
        return html`<tr>
            <th scope="row"><a href=${`#/jobs/${job.key}`}>${job.name}</a><div class="note">${job.function} · ${job.poolName}</div></th>
            <td><${Badge} state=${job.state} /></td>
            <td class="grow"><${Progress} job=${job} /><div
                class="note">${format.count(job.done)} / ${job.total == null ? "?" : format.count(job.total)}
                <span class="narrow"> · ${format.rate(job.rate)}
                ${job.failed ? ` · ${format.count(job.failed)} failed` : ""}</span></div></td>
            <td class=${"number wide" + (job.failed ? " bad" : "")}>${format.count(job.failed)}</td>
            <td class="number wide">${format.rate(job.rate)}</td>
            <td class="number wide">${remaining}</td>
            <td class="number wide">${format.clock(job.started)}<div
                class="note">${format.duration(format.since(job.started, now))} ago</div></td></tr>`;
    }

    function Filters({ jobs }) {
        const { ui } = store.state;
        const set = (name, value) => {
            ui[name] = value;
            store.publish();
        };
        const count = state => jobs.filter(job => job.state === state).length;
        const words = [["running", "Running"], ["succeeded", "Succeeded"], ["failed", "Failed"], ["cancelled", "Cancelled"]];
        const options = [["all", `All ${jobs.length}`], ...words.map(([state, word]) => [state, `${word} ${count(state)}`])];
        return html`<div class="filters"><${Choice} label="State" options=${options} value=${ui.jobsState}
            onChange=${value => set("jobsState", value)} />
            <input type="search" aria-label="Find by name, function, pool or caller" placeholder="Name, function, pool or caller"
                value=${ui.jobsText}
                onInput=${event => set("jobsText", event.target.value)} /></div>`;
    }

    function Jobs() {
        const { cluster, ui } = store.state;
        const [all, setAll] = useState(false);
        const unlisted = cluster.pools.reduce((total, pool) => total + (pool.unlistedJobs || 0), 0);
        const found = choose(cluster.jobs, ui);
        const shown = all ? found : found.slice(0, page);
        if (!cluster.jobs.length) return html`<h1 tabindex="-1">Jobs</h1><${Empty}
            title="No jobs.">None runs, and none has ended lately.<//>`;
        return html`<h1 tabindex="-1">Jobs</h1><${Filters} jobs=${cluster.jobs} />
            <p class="unseen" role="status">${format.plural(found.length, "job")} shown</p>
            ${found.length === 0 ? html`<${Empty} title="No job matches.">Change the state or the text above.<//>` : html`
            <${Table} caption="Jobs" className="jobs" head=${columns.map(column => html`<${Heading} key=${column.key}
                column=${column} />`)}>
                ${shown.map(job => html`<${Row} key=${job.key} job=${job} now=${cluster.now} />`)}<//>`}
            ${cluster.jobs.length > 0 && html`<p class="hint">Jobs that succeeded within 10 ms are not kept, and of others the last 64 of
                each pool.${unlisted > 0 && html` <b>Not listed: ${format.plural(unlisted, "running job")}.</b> Of a pool with many, those
                with failed items are listed first, then the newest.`}</p>`}
            ${shown.length < found.length && html`<p class="more"><button type="button" onClick=${() => setAll(true)}>
                Show all ${format.count(found.length)} jobs</button></p>`}`;
    }

    Dash.jobs = { Jobs };
})(window.Dash);
