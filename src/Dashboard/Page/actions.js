"use strict";
// What operators do: cancel a job, run its failed items again, drain a node, change its workers or its log level. Each asks first.
(function (Dash) {
    const { html, useState, Dialog, Icon } = Dash.parts;
    const { format, store } = Dash;
    const encode = encodeURIComponent;
    const levels = ["debug", "info", "warning", "error"];

    function CancelJob({ job }) {
        const [open, setOpen] = useState(false);
        const close = confirmed => {
            setOpen(false);
            if (confirmed) store.post(`api/v1/jobs/${encode(job.key)}/cancel`);
        };
        return html`<button type="button" class="danger" onClick=${() => setOpen(true)}><${Icon} name="stop" />Cancel</button>
            ${open && html`<${Dialog} title="Cancel this job?" confirm="Cancel the job" tone="danger" onClose=${close}>
                <p><strong>${job.name}</strong> ends with a cancellation in the program that called it. Of its items,
                ${" "}${job.total == null ? format.count(job.done) : `${format.count(job.done)} of ${format.count(job.total)}`}
                ${" "}are done.</p>
            <//>`}`;
    }

    /** While the job runs, no one has seen its outcomes: failed items may get others. */
    function RetryFailed({ job }) {
        const [open, setOpen] = useState(false);
        const close = confirmed => {
            setOpen(false);
            if (confirmed) store.post(`api/v1/jobs/${encode(job.key)}/retry`);
        };
        return html`<button type="button" onClick=${() => setOpen(true)}><${Icon} name="again" />Run failed items again</button>
            ${open && html`<${Dialog} title="Run the failed items again?" confirm="Run them again" onClose=${close}>
                <p>${format.plural(job.failed, "item")} of <strong>${job.name}</strong> failed so far.
                ${job.failed === 1 ? " It starts" : " They start"} with the first attempt, and
                ${job.failed === 1 ? " its failure counts" : " their failures count"} no longer.</p>
            <//>`}`;
    }

    function Drain({ node }) {
        const [open, setOpen] = useState(false);
        const close = confirmed => {
            setOpen(false);
            if (confirmed) store.post(`api/v1/nodes/${encode(node.address)}/drain`);
        };
        return html`<button type="button" class="small" disabled=${node.state !== "up"} onClick=${() => setOpen(true)}
            aria-label=${`Drain ${node.address}`}>Drain</button>
            ${open && html`<${Dialog} title="Drain this node?" confirm="Drain the node" tone="danger" onClose=${close}>
                <p><strong>${node.address}</strong> on ${node.host} finishes the ${format.plural(node.busy, "chunk")} that it runs,
                hands back the ${format.count(node.waiting)} that wait, leaves the cluster and ends.</p>
            <//>`}`;
    }

    function Workers({ node }) {
        const [open, setOpen] = useState(false);
        const [workers, setWorkers] = useState(node.workers);
        const valid = Number.isInteger(workers) && workers >= 1;
        const close = confirmed => {
            setOpen(false);
            if (!confirmed) return;
            if (valid) store.post(`api/v1/nodes/${encode(node.address)}/workers`, { workers });
            else store.notify("The number of workers must be a whole number of at least 1.", true);
        };
        const show = () => {
            setWorkers(node.workers);
            setOpen(true);
        };
        const change = by => setWorkers(Math.max(1, (valid ? workers : node.workers) + by));
        return html`<button type="button" class="small" disabled=${node.state !== "up"} onClick=${show}
            aria-label=${`Change the workers of ${node.address}`}>Workers ±</button>
            ${open && html`<${Dialog} title="Change the number of workers?"
                confirm=${`Use ${valid ? format.plural(workers, "worker") : "…"}`}
                onClose=${close}>
                <p><strong>${node.address}</strong> on ${node.host} has ${format.plural(node.workers, "worker")} now. One that is taken away
                finishes its chunk first.</p>
                <div class="stepper"><button type="button" aria-label="One fewer" onClick=${() => change(-1)}>−</button>
                <input type="number" min="1" step="1" required aria-label="Workers" value=${workers}
                    onInput=${event => setWorkers(event.target.valueAsNumber)} />
                <button type="button" aria-label="One more" onClick=${() => change(1)}>+</button></div>
            <//>`}`;
    }

    function LogLevel({ nodes }) {
        const [address, setAddress] = useState("");
        const [wanted, setWanted] = useState(null);
        const chosen = nodes.find(node => node.address === address) || nodes[0];
        if (!chosen) return null;
        // The node's own level, until another one is chosen; empty where the node does not tell it.
        const now = chosen.logLevel || "";
        const level = wanted ?? now;
        const choose = address => {
            setAddress(address);
            setWanted(null);
        };
        const send = event => {
            event.preventDefault();
            store.post(`api/v1/nodes/${encode(chosen.address)}/log-level`, { level });
        };
        return html`<form class="inline" onSubmit=${send} aria-label="Level that a node logs">
            <label>Node <select value=${chosen.address} onChange=${event => choose(event.target.value)}>
                ${nodes.map(node => html`<option key=${node.address} value=${node.address}>${node.address}</option>`)}</select></label>
            <label>logs from <select value=${level} onChange=${event => setWanted(event.target.value)}>
                ${!levels.includes(now) && html`<option key="other" value=${now} disabled>${now || "not told"}</option>`}
                ${levels.map(one => html`<option key=${one} value=${one}>${one}</option>`)}</select></label>
            <button type="submit" class="small" disabled=${level === now}>Set</button></form>`;
    }

    Dash.actions = { CancelJob, RetryFailed, Drain, Workers, LogLevel };
})(window.Dash);
