"use strict";
// Nodes, what their workers run, and the pools that use them.
(function (Dash) {
    const { html, Badge, Table, Empty, Panel } = Dash.parts;
    const { Drain, Workers } = Dash.actions;
    const { format, store } = Dash;
    const maxRuns = 16;

    function Runs({ node }) {
        if (!node.runs.length) return html`<span class="note">${node.isKnown ? "nothing" : format.none}</span>`;
        const slowest = [...node.runs].sort((a, b) => b.since - a.since);
        const item = run => html`<li key=${`${run.job}-${run.start}-${run.attempt}`}><a href=${`#/jobs/${run.job}`}>${run.name}</a>
            <span class="note">${" "}${format.range(run.start, run.count)} · ${format.duration(run.since)}
            ${run.attempt > 1 ? ` · attempt ${run.attempt}` : ""}</span></li>`;
        return html`<ul class="runs">${slowest.slice(0, 4).map(item)}</ul>
            ${slowest.length > 4 && html`<details><summary>${`${slowest.length - 4} more`}</summary>
                <ul class="runs">${slowest.slice(4, maxRuns * 4).map(item)}</ul></details>`}`;
    }

    function Cell({ label, className, children }) {
        return html`<td role="cell" data-label=${label} class=${className || ""}><div>${children}</div></td>`;
    }

    /** The roles keep it a table for screen readers where a narrow window shows it as cards. */
    function Row({ node, now }) {
        const origin = [node.host, `process ${node.process}`, node.engine];
        const seen = value => node.isKnown ? value : null;
        return html`<tr role="row">
            <th scope="row" role="rowheader"><span class="address">${node.address}</span>
                <div class="note">${node.isKnown ? origin.filter(Boolean).join(" · ") : "it did not answer"}</div></th>
            <${Cell} label="State"><${Badge} state=${node.state} /><div
                class="note">${node.isKnown && `for ${format.duration(format.since(node.started, now))}`}</div><//>
            <${Cell} label="Workers">${!node.isKnown ? format.none : html`<span class="nowrap">${format.count(node.busy)}
                    ${" "}/ ${format.count(node.workers)} busy</span>
                <span class="meter" aria-hidden="true"><i
                    style=${{ width: `${node.workers ? node.busy / node.workers * 100 : 0}%` }}></i></span>
                <div class="note">${format.count(node.waiting)} waiting${node.isolation === "process" ? " · in processes" : ""}</div>`}<//>
            <${Cell} label="Runs now" className="grow"><${Runs} node=${node} /><//>
            <${Cell} label="Memory" className="number">${format.bytes(seen(node.memoryBytes))}
                <div class="note nowrap">${node.isKnown && `${format.duration(node.processorSeconds)} CPU`}</div><//>
            <${Cell} label="Pools" className="number">${format.count(seen(node.pools))}<//>
            <${Cell} label="Change"><div class="buttons"><${Workers} node=${node} /><${Drain} node=${node} /></div><//></tr>`;
    }

    function Pools({ pools }) {
        const head = ["Pool", "Caller", "Workers", "Running", "Started", "Items", "Failed"];
        return html`<${Panel} id="pools" title="Pools" note="programs that use this cluster" wide>
            ${pools.length === 0 ? html`<p class="hint">None is connected.</p>` : html`
            <${Table} caption="Table of pools" head=${head.map((word, index) => html`<th scope="col"
                class=${index > 1 ? "number" : ""}>${word}</th>`)}>
            ${pools.map(pool => html`<tr key=${pool.key}><th scope="row">${pool.name}</th><td>${pool.host}:${pool.process}</td>
                <td class="number">${format.count(pool.workers)}</td><td class="number">${format.count(pool.jobs)}</td>
                <td class="number">${format.count(pool.startedJobs)}</td><td class="number">${format.count(pool.completedItems)}</td>
                <td class=${"number" + (pool.failedItems ? " bad" : "")}>${format.count(pool.failedItems)}</td></tr>`)}<//>`}<//>`;
    }

    function Nodes() {
        const { cluster } = store.state;
        const head = ["Node", "State", "Workers", "Runs now", "Memory", "Pools", "Change"];
        return html`<h1 tabindex="-1">Nodes and workers</h1>
            ${cluster.nodes.length === 0 ? html`<${Empty} title="No nodes.">None has joined this cluster.<//>` : html`<div
                class="panel wide">
            <${Table} caption="Nodes" className="nodetable"
                head=${head.map(word => html`<th scope="col" role="columnheader"
                    class=${word === "Memory" || word === "Pools" ? "number" : ""}>${word}</th>`)}>
                ${cluster.nodes.map(node => html`<${Row} key=${node.address} node=${node} now=${cluster.now} />`)}<//></div>`}
            <${Pools} pools=${cluster.pools} />`;
    }

    Dash.nodes = { Nodes };
})(window.Dash);
