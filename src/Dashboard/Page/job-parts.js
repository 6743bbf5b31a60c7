"use strict";
// The panels of a job: advice, time, speed, failures, item times, slowest chunks, holders, chunk sizes.
(function (Dash) {
    const { html, Panel, Table, CopyButton, Icon } = Dash.parts;
    const { Curve, Histogram } = Dash.charts;
    const { format } = Dash;
    const maxBins = 80;

    function Advice({ advice }) {
        return advice.length > 0 && html`<${Panel} title="Advice" wide><ul class="advice">${advice.map(text => html`
            <li><${Icon} name="idea" /><span>${text}</span></li>`)}</ul><//>`;
    }

    const uses = [
        ["working", "the function ran"], ["waiting", "other pools had the nodes' workers while chunks waited there"],
        ["transferring", "nothing to do while chunks were on their way"], ["idle", "nothing to do"],
    ];

    /** What workers did. The calling process serializes beside them: that is no part of their time. */
    function Time({ report }) {
        const { time, job } = report;
        const all = uses.reduce((sum, [use]) => sum + time[use], 0);
        const words = uses.map(([use]) => `${use} ${format.percent(time[use], all)}`).join(", ");
        return html`<${Panel} title="Where the time went" note=${`${format.duration(all)} of workers, summed`}>
            ${all > 0 && html`<div class="stack" role="img" aria-label=${`Time of workers: ${words}.`}>${uses.map(([use]) =>
                time[use] > 0 && html`<i key=${use} class=${use} style=${{ width: `${time[use] / all * 100}%` }}>
                    ${time[use] / all > 0.12 ? format.percent(time[use], all) : ""}</i>`)}</div>`}
            <dl class="uses">${uses.map(([use, meaning]) => html`<div key=${use}><dt><i class=${`key ${use}`} aria-hidden="true"></i>${use}
                <span class="note">${use === "idle" && job.running > 0 ? "nothing to do, or chunks that have not come back yet"
                    : meaning}</span></dt><dd>${format.duration(time[use])}<span
                    class="note">${format.percent(time[use], all)}</span></dd></div>`)}
            <div class="apart"><dt>serializing<span class="note">the calling process wrote inputs and read results, beside the
                workers</span></dt><dd>${format.duration(time.serializing)}</dd></div></dl><//>`;
    }

    /** Items for each second of the job: those of a chunk are spread over the time that it took. */
    function spread({ job, chunks }) {
        const cells = chunks.cells
            .filter(cell => cell.end != null && cell.begin != null && (cell.state === "done" || cell.state === "failed"));
        const from = chunks.omitted && cells.length ? cells.reduce((least, cell) => Math.min(least, cell.begin), Infinity) : 0;
        const to = Math.max(job.elapsed, from + 1e-6);
        const width = (to - from) / maxBins;
        const bins = new Array(maxBins).fill(0);
        for (const { begin, end, count } of cells) {
            const span = Math.max(end - begin, 1e-9);
            const last = Math.min(maxBins - 1, Math.floor((end - from) / width));
            for (let bin = Math.max(0, Math.floor((begin - from) / width)); bin <= last; bin++) {
                const overlap = Math.min(end, from + (bin + 1) * width) - Math.max(begin, from + bin * width);
                bins[bin] += count * Math.max(0, overlap) / span / width;
            }
        }
        return { from, to, data: [bins.map((items, bin) => from + (bin + 0.5) * width), bins] };
    }

    function Speed({ report }) {
        const { from, to, data } = spread(report);
        return html`<${Panel} title="Speed" note=${`items per second, ${from > 0 ? "of the newest chunks" : "since the start"}`}>
            <${Curve} relative from=${from} to=${to} height=${150} data=${data} series=${[{ label: "items/s", colour: "accent" }]}
                label=${`Items per second over ${format.duration(to - from)}, at most ${format.rate(Math.max(...data[1]))}.`}
                describe=${index => `at ${format.duration(data[0][index])}: ${format.rate(data[1][index])}`} /><//>`;
    }

    /** The line says where it has not all: whoever has copied it sees no page. */
    function again(indices, count) {
        const line = `var again = new[] { ${indices.join(", ")} }.Select(i => inputs[i]);`;
        return indices.length < count ? `${line} // the first ${indices.length} of ${format.count(count)} failed items` : line;
    }

    function Code({ indices, count, label }) {
        const line = again(indices, count);
        return html`<div class="code"><pre tabindex="0" role="region" aria-label=${label}><code>${line}</code></pre><${CopyButton}
            text=${line} what=${label} /></div>`;
    }

    function Failure({ failure, number }) {
        const { type, message, stack, count, indices, inputs } = failure;
        return html`<li class="failure"><details open=${number === 1}><summary><span class="count">${format.count(count)} ×</span>
            <span class="what"><b>${type}</b><span>${message}</span></span></summary>
            ${stack && html`<pre class="stack-trace" tabindex="0" role="region" aria-label=${`Stack of group ${number}`}>
                <code>${stack}</code></pre>`}
            <p>${indices.length < count ? `The first ${format.plural(indices.length, "item")} of ${format.count(count)}: ` : "Items: "}
                <span class="indices">${indices.join(", ")}</span></p>
            ${inputs.length > 0 && html`<dl class="inputs">${inputs.map(({ index, text }) => html`<div key=${index}>
                <dt>${format.count(index)}</dt><dd><code>${text}</code></dd></div>`)}</dl>`}
            ${indices.length > 0 && html`<p class="note">To run ${count === 1 ? "it"
                : indices.length < count ? `the first ${indices.length}` : "them"} again, from the same inputs:</p>
                <${Code} indices=${indices} count=${count} label=${`C# line for group ${number}`} />`}
            </details></li>`;
    }

    function Failures({ report }) {
        const { failures, job } = report;
        if (!failures.length) return null;
        const all = [...new Set(failures.flatMap(failure => failure.indices))].sort((a, b) => a - b);
        const count = failures.reduce((sum, failure) => sum + failure.count, 0);
        return html`<${Panel} title="Failures"
            note=${`${format.plural(job.failed, "item")} in ${format.plural(failures.length, "group")}`} wide>
            <ul class="failures">${failures.map((failure, index) => html`<${Failure} key=${index} failure=${failure}
                number=${index + 1} />`)}</ul>
            ${failures.length > 1 && all.length > 0 && html`<p class="note">
                ${all.length < count ? "Those of all groups" : "All of them"} again:</p><${Code} indices=${all} count=${count} label="C# line for all groups" />`}<//>`;
    }

    function ItemTimes({ report }) {
        return html`<${Panel} title="Item times" note="items by the mean time of their chunk"><${Histogram}
            histogram=${report.histogram} /><//>`;
    }

    function Slowest({ report, holders }) {
        const { slowest } = report;
        const most = slowest.length ? slowest[0].each : 1;
        return html`<${Panel} title="Slowest" note="chunks by mean time of an item">
            ${slowest.length === 0 ? html`<p class="hint">No chunk has ended yet.</p>` : html`<${Table} caption="Slowest chunks"
                className="short"
                head=${["Items", "Time each", "Holder"].map((word, index) => html`<th scope="col"
                    class=${index === 1 ? "grow" : ""}>${word}</th>`)}>
                ${slowest.slice(0, 8).map(({ start, count, each, holder, input }) => html`<tr><th
                    scope="row">${format.count(start)}${count > 1 ? ` – ${format.count(start + count - 1)}` : ""}</th>
                <td class="grow"><span class="inbar"><i style=${{ width: `${each / most * 100}%` }}></i></span>${format.duration(each)}</td>
                <td><b>${holders.has(holder) ? holders.get(holder).letter : ""}</b> ${holder}</td></tr>
                ${input != null && html`<tr class="input"><td colspan="3"><span class="note">${count > 1 ? "first input" : "input"}</span>
                    <code>${input}</code></td></tr>`}`)}<//>`}<//>`;
    }

    function Holders({ report, holders }) {
        const head = ["Holder", "Chunks", "Items", "Work", "Items/s", "Lost"];
        const each = one => one.work > 0 ? format.compact(one.items / one.work) : format.none;
        return html`<${Panel} title="Holders" note="nodes, and workers of the program itself">
            <${Table} caption="Holders of chunks" className="short" head=${head.map((word, index) => html`<th scope="col"
                class=${index ? "number" : ""}>${word}</th>`)}>
            ${report.holders.map(one => html`<tr key=${one.name}><th scope="row"><i class=${`key ${holders.get(one.name).tone}`}
                aria-hidden="true"></i>
                <b>${holders.get(one.name).letter}</b> ${one.name}</th><td class="number">${format.count(one.chunks)}</td><td
                    class="number">${format.count(one.items)}</td>
                <td class="number nowrap">${format.duration(one.work)}</td><td class="number">${each(one)}</td>
                <td class=${"number" + (one.lost ? " bad" : "")}>${format.count(one.lost)}</td></tr>`)}<//><//>`;
    }

    const sizeReasons = {
        caller: "set by the caller", firstItems: "nothing measured yet", earlierJobs: "from earlier jobs of the function",
        growth: "eight times what was measured, at most", targetTime: "the target time, by the measured time of an item",
        fewItems: "no more items than workers", share: "a share of the rest, so that workers finish together",
        floor: "shorter ones would cost more than they balance", manyWorkers: "as long as handing one to each of many workers takes",
        bytes: "bounded by bytes", window: "bounded by the window of inputs", workerLimit: "its worker could run no more",
        inputs: "no more inputs then", again: "run again after a failure or loss",
    };

    /** Why a chunk has its size; empty where the pool does not tell it, or in words of a later release. */
    function sizeReason(reason) {
        return Object.hasOwn(sizeReasons, reason) ? sizeReasons[reason] : "";
    }

    function Sizes({ sizes }) {
        const most = Math.max(1, ...sizes.map(one => one.size));
        return html`<${Panel} title="Chunk sizes" note="as the pool chose them">
            ${sizes.length === 0 ? html`<p class="hint">None yet.</p>` : html`<${Table} caption="Chunk sizes chosen" className="short sizes"
                head=${["From item", "Size", "Chunks", "Why"].map((word, index) => html`<th scope="col"
                    class=${["", "grow", "number", ""][index]}>${word}</th>`)}>
                ${sizes.map(({ from, size, count, reason }) => html`<tr><td>${format.count(from)}</td>
                <td class="grow"><span class="inbar"><i style=${{ width: `${size / most * 100}%` }}></i></span>${format.count(size)}</td>
                <td class="number">${format.count(count)}</td><td class="why">${sizeReason(reason)}</td></tr>`)}<//>`}<//>`;
    }

    Dash.jobParts = { Advice, Time, Speed, Failures, ItemTimes, Slowest, Holders, Sizes, sizeReason };
})(window.Dash);
