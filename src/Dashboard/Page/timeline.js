"use strict";
// Who ran which chunk when: a lane for each worker, grouped by node.
(function (Dash) {
    const { html, useState, useRef, useMemo, Panel } = Dash.parts;
    const { Canvas, withAlpha, timeSteps } = Dash.charts;
    const { format } = Dash;
    const order = { done: 0, requeued: 1, running: 2, failed: 3 };
    const axis = 22;
    const minPixels = 3;

    function arrange(report, holders) {
        const { elapsed } = report.job;
        const cells = report.chunks.cells.filter(cell => cell.begin != null && holders.has(cell.holder));
        let top = 0;
        const blocks = [...holders].map(([name, holder]) => {
            const { bars, lanes } = Dash.lanes.pack(
                cells.filter(cell => cell.holder === name), elapsed, report.workers?.[name] ?? 0);
            const block = { name, holder, bars, lanes, top };
            top += lanes;
            return block;
        });
        return { blocks, lanes: top, laneHeight: Math.max(4, Math.min(18, Math.floor(460 / Math.max(1, top)))) };
    }

    function ticks(from, to, most) {
        const step = timeSteps.find(one => one >= (to - from) / most) ?? (to - from) / most;
        const found = [];
        for (let at = Math.ceil(from / step) * step; at <= to + step * 1e-6; at += step) found.push([at, format.tick(at, step)]);
        return found;
    }

    const gutterOf = width => width < 560 ? 26 : 150;

    function drawAxis(context, view, width, height, colours) {
        const { from, to, gutter } = view;
        context.font = "11px system-ui, sans-serif";
        context.textBaseline = "alphabetic";
        context.textAlign = "center";
        for (const [at, words] of ticks(from, to, Math.max(3, Math.floor(width / 130)))) {
            const x = gutter + (at - from) / (to - from) * (width - gutter);
            context.fillStyle = colours.line;
            context.fillRect(Math.round(x), 0, 1, height - axis);
            context.fillStyle = colours.muted;
            if (x < width - 16) context.fillText(words, Math.max(gutter + 8, x), height - 6);
        }
    }

    function drawLabel(context, block, view, y, blockHeight, colours) {
        context.fillStyle = colours[block.holder.tone];
        context.fillRect(0, y + 1, 4, blockHeight - 3);
        if (blockHeight < 10) return;
        context.fillStyle = colours.text;
        context.textAlign = "left";
        context.textBaseline = "middle";
        context.font = "600 11px system-ui, sans-serif";
        context.fillText(block.holder.letter, 9, y + blockHeight / 2);
        if (view.gutter < 100) return;
        context.font = "11px system-ui, sans-serif";
        context.fillStyle = colours.muted;
        const name = format.plain(String(block.name));
        context.fillText(name.length > 18 ? name.slice(0, 17) + "…" : name, 24, y + blockHeight / 2);
    }

    function placeBar({ lane, from, to }, top, view, laneHeight) {
        return {
            x: view.gutter + (from - view.from) * view.scale, y: top + lane * laneHeight + 1, height: laneHeight - 2,
            width: Math.max(1.5, (to - from) * view.scale - 0.75),
        };
    }

    function mark(plan, view, chosen) {
        return (context, width, height, colours) => {
            const block = chosen && plan.blocks.find(one => one.name === chosen.holder);
            const bar = block && block.bars.find(one => one.cell === chosen);
            if (!bar) return;
            const gutter = gutterOf(width);
            const scale = (width - gutter) / (view.to - view.from);
            const box = placeBar(bar, block.top * plan.laneHeight, { ...view, gutter, scale }, plan.laneHeight);
            if (box.x + box.width < gutter) return;
            context.strokeStyle = colours.text;
            context.lineWidth = 2;
            context.strokeRect(Math.max(gutter, box.x), box.y, box.width - Math.max(0, gutter - box.x), box.height);
        };
    }

    function draw(plan, view, elapsed) {
        return (context, width, height, colours) => {
            const strength = Dash.chunks.getStrength(plan.blocks.flatMap(block => block.bars.map(bar => bar.cell)), elapsed);
            const { from, to } = view;
            const gutter = gutterOf(width);
            const scale = (width - gutter) / (to - from);
            drawAxis(context, { from, to, gutter }, width, height, colours);
            for (const block of plan.blocks) {
                const y = block.top * plan.laneHeight;
                const blockHeight = block.lanes * plan.laneHeight;
                drawLabel(context, block, { gutter }, y, blockHeight, colours);
                context.fillStyle = withAlpha(colours.line, 0.7);
                context.fillRect(gutter, y + blockHeight - 1, width - gutter, 1);
                context.save();
                context.beginPath();
                context.rect(gutter, y, width - gutter, blockHeight);
                context.clip();
                for (const bar of [...block.bars].sort((a, b) => (order[a.cell.state] ?? 0) - (order[b.cell.state] ?? 0))) {
                    const box = placeBar(bar, y, { from, gutter, scale }, plan.laneHeight);
                    if (box.x > width || box.x + box.width < gutter) continue;
                    Dash.chunks.drawState(context, bar.cell.state, box.x, box.y, box.width, box.height, colours, strength(bar.cell));
                }
                context.restore();
            }
        };
    }

    /** When the first chunk began that the report has: without older ones, the job's start would be a gap in which nothing seems to run. */
    function findBegin({ job, chunks }) {
        return chunks.omitted ? chunks.cells.reduce((least, cell) => Math.min(least, cell.begin ?? least), job.elapsed) : 0;
    }

    function useZoom(begin, elapsed) {
        const [zoom, setZoom] = useState(null);
        const full = { from: begin, to: Math.max(elapsed, begin + 1e-6) };
        const view = zoom || full;
        const all = full.to - full.from;
        const set = (from, to) => {
            const span = Math.min(all, Math.max(all / 5000, to - from));
            const start = Math.max(full.from, Math.min(full.to - span, from));
            setZoom(span >= all ? null : { from: start, to: start + span });
        };
        const by = factor => {
            const [middle, half] = [(view.from + view.to) / 2, (view.to - view.from) / 2 * factor];
            set(middle - half, middle + half);
        };
        const move = share => set(view.from + (view.to - view.from) * share, view.to + (view.to - view.from) * share);
        return { view, isZoomed: Boolean(zoom), set, by, move, reset: () => setZoom(null) };
    }

    function findCell(plan, view, bounds, event) {
        const gutter = gutterOf(bounds.width);
        const time = view.from + (event.clientX - bounds.left - gutter) / (bounds.width - gutter) * (view.to - view.from);
        const slack = (view.to - view.from) / (bounds.width - gutter) * 3;
        const lane = Math.floor((event.clientY - bounds.top) / plan.laneHeight);
        const block = plan.blocks.find(one => lane >= one.top && lane < one.top + one.lanes);
        const bar = block && block.bars.findLast(one => one.lane === lane - block.top
            && one.from - slack <= time && one.to + slack >= time);
        return { time, cell: bar && bar.cell };
    }

    function Timeline({ report, holders, chosen, onChoose }) {
        const { elapsed } = report.job;
        const plan = useMemo(() => arrange(report, holders), [report]);
        const begin = useMemo(() => findBegin(report), [report]);
        const zoom = useZoom(begin, elapsed);
        const drag = useRef(null);
        const at = event => findCell(plan, zoom.view, event.currentTarget.getBoundingClientRect(), event);
        const handlers = {
            onPointerDown: event => { drag.current = { x: event.clientX, time: at(event).time }; },
            onPointerMove: event => {
                const { cell } = at(event);
                if (cell && cell !== chosen) onChoose(cell);
            },
            onPointerUp: event => {
                const start = drag.current;
                drag.current = null;
                if (!start || event.pointerType === "touch" || Math.abs(event.clientX - start.x) < minPixels * 3) return;
                const { time } = at(event);
                zoom.set(Math.min(time, start.time), Math.max(time, start.time));
            },
            onPointerLeave: () => { drag.current = null; },
            onDblClick: zoom.reset,
        };
        const onKeyDown = event => {
            const keys = {
                "+": () => zoom.by(0.5), "-": () => zoom.by(2), 0: zoom.reset,
                ArrowLeft: () => zoom.move(-0.2), ArrowRight: () => zoom.move(0.2),
            };
            if (!Object.hasOwn(keys, event.key)) return;
            event.preventDefault();
            keys[event.key]();
        };
        const tools = html`<span class="buttons"><button type="button" class="small" onClick=${() => zoom.by(0.5)}
            aria-label="Zoom in">+</button>
            <button type="button" class="small" onClick=${() => zoom.by(2)} disabled=${!zoom.isZoomed} aria-label="Zoom out">−</button>
            <button type="button" class="small" onClick=${zoom.reset} disabled=${!zoom.isZoomed}>All</button></span>`;
        const label = `Timeline: ${format.plural(report.chunks.cells.length, "run")} of chunks on `
            + `${format.plural(holders.size, "holder")} in `
            + `${format.duration(elapsed)}, in ${format.plural(plan.lanes, "row")}. The table of holders below has the sums.`;
        const note = `who ran which chunk when${begin > 0 ? ", of the newest chunks" : ""}; drag to zoom`;
        return html`<${Panel} title="Timeline" note=${note} tools=${tools} wide>
            <div class="timeline" tabindex="0" role="group" aria-label="Timeline: plus and minus zoom, arrows move, 0 shows all"
                onKeyDown=${onKeyDown}>
            <${Canvas} label=${label} height=${plan.lanes * plan.laneHeight + axis} draw=${draw(plan, zoom.view, elapsed)}
                mark=${mark(plan, zoom.view, chosen)} stamp=${[report, zoom.view.from, zoom.view.to]}
                handlers=${handlers} />
            </div><${Dash.chunks.Detail} cell=${chosen} holders=${holders} elapsed=${elapsed}
                hint="Point at a bar for its chunk. Each row is a worker, each bar the time in which it ran a chunk." /><//>`;
    }

    Dash.timeline = { Timeline };
})(window.Dash);
